using Sync.Member;
using Sync.Member.Membership;
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
    public static Message Heard(PlantedBug bug, Message message, ClusterMembers members, Random random) => (bug, message) switch
    {
        (PlantedBug.CountRemovedVoters, VoteResponse { IsGranted: true } vote) when members.WasRemoved(vote.From) =>
            vote with { From = AnyOther(vote.To, members, random) },
        (PlantedBug.CountRemovedVoters, PreVoteResponse { IsGranted: true } vote) when members.WasRemoved(vote.From) =>
            vote with { From = AnyOther(vote.To, members, random) },
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

    /// <summary>What a member says beside a message to one of the others: it asks those that were removed for their votes, too.</summary>
    public static IEnumerable<Message> AlsoSent(Message message, ClusterMembers members) => message switch
    {
        VoteRequest request => members.Removed.Select(removed => request with { To = removed }),
        PreVoteRequest request => members.Removed.Select(removed => request with { To = removed }),
        _ => [],
    };

    /// <summary>The answers that make a leader take a change of the members for committed before anybody holds it.</summary>
    public static IEnumerable<Message> HeardTooEarly(ReadOnlySpan<Entry> entries, MemberStatus leader)
    {
        foreach (var entry in entries)
        {
            if (entry.Kind == EntryKind.Configuration)
            {
                var voters = leader.Configuration.Voters;
                return [.. voters.Where(voter => voter != leader.Self).Take(voters.Length / 2)
                    .Select(voter => new AppendAccepted(voter, leader.Self, leader.Term, entry.Index))];
            }
        }

        return [];
    }

    private static MemberId AnyOther(MemberId self, ClusterMembers members, Random random)
    {
        var others = members.All.Where(member => member.Id != self && !member.IsLearner).ToList();
        return others.Count == 0 ? self : others[random.Next(others.Count)].Id;
    }

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
