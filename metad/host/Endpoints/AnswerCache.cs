using System.Collections.Concurrent;
using System.Globalization;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Endpoints;

/// <summary>
/// What an answer from one snapshot depends on, as the request was understood: spellings that mean the same, names in a
/// query that mean nothing, and whether the caller waited for it make no other answer.
/// </summary>
/// <param name="Client">The caller.</param>
/// <param name="Settings">What the operator decided for all callers, which may change without a change of the snapshot.</param>
/// <param name="Path">The place.</param>
/// <param name="Form">How it is written.</param>
internal readonly record struct AnswerKey(ClientIdentity Client, ViewSettings Settings, MetadataPath Path, AnswerForm Form);

/// <summary>A place in the data as some callers see it, and how it is written: to them all the answer is the same.</summary>
/// <param name="View">What they see.</param>
/// <param name="Form">How it is written.</param>
internal readonly record struct SharedAnswerKey(View.DataView View, AnswerForm Form);

/// <summary>How a view is written.</summary>
/// <param name="Format">The form that is written.</param>
/// <param name="IsPretty">Indents JSON; false for every other form.</param>
/// <param name="IsListing">Writes the names of a directory and nothing below them.</param>
/// <param name="Depth">How many levels are written; null is all.</param>
/// <param name="Count">How many members are written; null is all.</param>
/// <param name="After">The name after which members are written; null begins with the first.</param>
internal readonly record struct AnswerForm(
    BodyFormat Format, bool IsPretty, bool IsListing, int? Depth, int? Count, string? After);

/// <summary>
/// Answers that were written from one snapshot; it is emptied when the next snapshot takes that one's place. Takes 4,096
/// answers and 16 MiB, of one answer 4 MiB and of one account 256 answers, and keeps what it has when it is full.
/// </summary>
internal sealed class AnswerCache
{
    /// <summary>The most bytes that one answer may have: a larger one is written each time that it is asked for.</summary>
    public const int AnswerBytesMax = 4 * 1024 * 1024;

    /// <summary>The most answers that are kept for one account, so that one caller leaves room for others.</summary>
    public const int AnswersPerAccountMax = 256;

    private const int AnswersMax = 4_096;
    private const long BytesMax = 16 * 1024 * 1024;

    private readonly ConcurrentDictionary<AnswerKey, Answer> _answers = new();
    private readonly ConcurrentDictionary<SharedAnswerKey, Answer> _shared = new();

    // Bound by _lock, which is taken to keep an answer and to close, never to find one.
    private readonly Dictionary<string, int> _byAccount = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private int _count;
    private long _bytes;
    private bool _isClosed;

    /// <summary>Creates an empty cache.</summary>
    /// <param name="revision">The snapshot's revision.</param>
    public AnswerCache(long revision) => Version = revision.ToString(CultureInfo.InvariantCulture);

    /// <summary>The snapshot's revision as the header has it.</summary>
    public string Version { get; }

    /// <summary>The answer of before.</summary>
    /// <param name="key">What is asked.</param>
    /// <returns>Null when it has not been written or not been kept.</returns>
    public Answer? Find(AnswerKey key) => _answers.GetValueOrDefault(key);

    /// <summary>The answer of before, whoever it was written for.</summary>
    /// <param name="key">What is seen.</param>
    /// <returns>Null when it has not been written or not been kept.</returns>
    public Answer? Find(SharedAnswerKey key) => _shared.GetValueOrDefault(key);

    /// <summary>Keeps an answer for one caller if there is room.</summary>
    /// <param name="key">What was asked.</param>
    /// <param name="answer">The answer.</param>
    public void Keep(AnswerKey key, Answer answer) =>
        Keep(_answers, key, answer, key.Client.Account, key.Path.Bytes.Length + (2 * (key.Form.After?.Length ?? 0)));

    /// <summary>Keeps an answer for all who see the same if there is room.</summary>
    /// <param name="key">What is seen.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="account">Whom it is counted for: the caller that it was written for first.</param>
    public void Keep(SharedAnswerKey key, Answer answer, string account) =>
        Keep(_shared, key, answer, account, 2 * (key.Form.After?.Length ?? 0));

    /// <summary>Lets go of all answers and takes no more: who still holds the old state must not hold them with it.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            _answers.Clear();
            _shared.Clear();
            _byAccount.Clear();
        }
    }

    private void Keep<TKey>(
        ConcurrentDictionary<TKey, Answer> answers, TKey key, Answer answer, string account, int keyBytes)
        where TKey : notnull
    {
        if (answer.Body.Length > AnswerBytesMax)
        {
            return;
        }

        var bytes = answer.Body.Length + keyBytes;
        lock (_lock)
        {
            var held = _byAccount.GetValueOrDefault(account);
            var hasRoom = !_isClosed && _count < AnswersMax && _bytes + bytes <= BytesMax && held < AnswersPerAccountMax;
            if (hasRoom && answers.TryAdd(key, answer))
            {
                _count++;
                _bytes += bytes;
                _byAccount[account] = held + 1;
            }
        }
    }
}
