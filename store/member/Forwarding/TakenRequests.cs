using Sync.Raft;

namespace Sync.Member.Forwarding;

/// <summary>
/// The forwarded requests that a leader has taken or refused in its term, so that one which arrives again does
/// nothing.
/// </summary>
/// <remarks>
/// An asker numbers the requests of its clients upwards, and its own as well (<see cref="RequestId.IsOwn"/>). One that is far behind its newest may have been taken and forgotten, and
/// so counts as taken: its asker hears nothing and gives up in time.
/// </remarks>
internal sealed class TakenRequests
{
    private const ulong Remembered = 1 << 16;

    private readonly Dictionary<(MemberId Asker, ulong Run, bool IsOwn), Numbers> _byAsker = [];
    private Term _term;

    private sealed class Numbers
    {
        public HashSet<ulong> Taken { get; } = [];

        public ulong Newest { get; set; }

        public ulong Oldest => Newest > Remembered ? Newest - Remembered : 0;
    }

    /// <summary>Whether a request was taken in a term, or may have been.</summary>
    public bool Contains(Term term, MemberId asker, ulong run, RequestId request) =>
        term == _term
        && _byAsker.TryGetValue((asker, run, request.IsOwn), out var numbers)
        && (request.Value < numbers.Oldest || numbers.Taken.Contains(request.Value));

    /// <summary>Notes a request as taken in the term that this member leads. Those of earlier terms are forgotten.</summary>
    public void Add(Term term, MemberId asker, ulong run, RequestId request)
    {
        if (term != _term)
        {
            _term = term;
            _byAsker.Clear();
        }

        if (!_byAsker.TryGetValue((asker, run, request.IsOwn), out var numbers))
        {
            _byAsker[(asker, run, request.IsOwn)] = numbers = new Numbers();
        }

        numbers.Taken.Add(request.Value);
        numbers.Newest = Math.Max(numbers.Newest, request.Value);
        if (numbers.Taken.Count > 2 * (int)Remembered)
        {
            numbers.Taken.RemoveWhere(number => number < numbers.Oldest);
        }
    }
}
