using Sync.Raft;
using Sync.Raft.Membership;
using Sync.Raft.Messages;

namespace Sync.Simulation.Bugs;

/// <summary>
/// A leader that takes an entry of an earlier term for committed as soon as a majority holds it, and says so to its
/// followers. Source: Raft paper, figure 8 and section 5.4.2.
/// </summary>
/// <param name="termAt">The term of an entry of its log.</param>
internal sealed class CountingLeader(Func<LogIndex, Term?> termAt)
{
    private readonly Dictionary<MemberId, LogIndex> _held = [];
    private Term _term;

    /// <summary>Takes note of how far a follower is.</summary>
    public void Hear(Message message)
    {
        if (message is AppendAccepted accepted && accepted.Term == _term)
        {
            _held[accepted.From] = LogIndex.Max(_held.GetValueOrDefault(accepted.From), accepted.Match);
        }
    }

    /// <summary>What it says instead.</summary>
    public Message Say(Message message, GroupConfiguration configuration)
    {
        if (message is not AppendRequest request)
        {
            return message;
        }

        if (request.Term > _term)
        {
            _term = request.Term;
            _held.Clear();
        }

        var others = configuration.Voters.Where(voter => voter != request.From)
            .Select(voter => _held.GetValueOrDefault(voter)).OrderDescending().ToList();
        var held = others.Count == 0 ? LogIndex.None : others[(configuration.Voters.Length / 2) - 1];
        return held > request.Commit && termAt(held) < _term ? request with { Commit = held } : request;
    }
}
