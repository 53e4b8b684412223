using Sync.Raft;
using Sync.Raft.Log;
using Sync.Raft.Messages;

namespace Sync.Simulation.Bugs;

/// <summary>Changes what a member says or hears, as if its consensus had made the mistake.</summary>
internal static class BuggyMessages
{
    private const int EntriesPerChange = 100;

    /// <summary>What a member says instead.</summary>
    public static Message Sent(PlantedBug bug, Message message) => (bug, message) switch
    {
        (PlantedBug.VoteTwice, VoteResponse { IsGranted: false } vote) => vote with { IsGranted = true },
        (PlantedBug.VoteTwice, PreVoteResponse { IsGranted: false } vote) =>
            vote with { IsGranted = true, Term = vote.Term.Next },
        (PlantedBug.AcceptGap, AppendRejected rejected) =>
            new AppendAccepted(rejected.From, rejected.To, rejected.Term, rejected.PreviousIndex),
        _ => message,
    };

    /// <summary>What a member hears instead.</summary>
    public static Message Heard(PlantedBug bug, Message message, Random random) => (bug, message) switch
    {
        (PlantedBug.VoteForShortLog, VoteRequest request) =>
            request with { LastTerm = request.Term, LastIndex = new LogIndex(long.MaxValue) },
        (PlantedBug.VoteForShortLog, PreVoteRequest request) =>
            request with { LastTerm = request.Term, LastIndex = new LogIndex(long.MaxValue) },
        (PlantedBug.CommitWhatIsSent, AppendRequest request) =>
            request with { Commit = request.PreviousIndex + request.Entries.Length },
        (PlantedBug.ChangeEntryOnTheWay, AppendRequest { Entries.Length: > 0 } request) when random.Next(EntriesPerChange) == 0 =>
            request with { Entries = Changed(request.Entries) },
        _ => message,
    };

    // The last byte of a put is the last of its value's number, so that the command stays readable.
    private static Entry[] Changed(ReadOnlyMemory<Entry> entries)
    {
        var changed = entries.ToArray();
        for (var place = 0; place < changed.Length; place++)
        {
            var payload = changed[place].Payload.ToArray();
            if (Array.FindLastIndex(payload, letter => letter is >= (byte)'0' and <= (byte)'8') is var digit and >= 0)
            {
                payload[digit]++;
                changed[place] = changed[place] with { Payload = payload };
                break;
            }
        }

        return changed;
    }
}
