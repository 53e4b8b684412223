using System.Collections.Concurrent;
using System.Globalization;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Formats;

namespace Sync.Metad.Endpoints;

/// <summary>What an answer from one snapshot depends on.</summary>
/// <param name="Client">The caller.</param>
/// <param name="Target">The target of the request line as it was sent, query included.</param>
/// <param name="Format">The form that the caller accepts.</param>
internal readonly record struct AnswerKey(ClientIdentity Client, string Target, BodyFormat Format);

/// <summary>
/// Answers that were written from one snapshot; it goes when the snapshot goes. Takes 4,096 answers and 16 MiB, and
/// keeps what it has when it is full.
/// </summary>
internal sealed class AnswerCache
{
    private const int AnswersMax = 4_096;
    private const long BytesMax = 16 * 1024 * 1024;

    private readonly ConcurrentDictionary<AnswerKey, Answer> _answers = new();
    private long _count;
    private long _bytes;

    /// <summary>Creates an empty cache.</summary>
    /// <param name="revision">The snapshot's revision.</param>
    public AnswerCache(long revision) => Version = revision.ToString(CultureInfo.InvariantCulture);

    /// <summary>The snapshot's revision as the header has it.</summary>
    public string Version { get; }

    /// <summary>The answer of before.</summary>
    /// <param name="key">What is asked.</param>
    /// <returns>Null when it has not been written or not been kept.</returns>
    public Answer? Find(AnswerKey key) => _answers.GetValueOrDefault(key);

    /// <summary>Keeps an answer if there is room.</summary>
    /// <param name="key">What was asked.</param>
    /// <param name="answer">The answer.</param>
    public void Keep(AnswerKey key, Answer answer)
    {
        var size = answer.Body.Length + (2 * key.Target.Length);
        if (Interlocked.Increment(ref _count) > AnswersMax || Interlocked.Add(ref _bytes, size) > BytesMax)
        {
            Interlocked.Decrement(ref _count);
            return;
        }

        _answers.TryAdd(key, answer);
    }
}
