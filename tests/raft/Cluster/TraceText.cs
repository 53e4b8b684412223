using System.Text;
using Sync.Raft.Log;
using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Snapshots;

namespace Sync.Raft.Tests.Cluster;

/// <summary>
/// Messages and Readys as a person reads them in a scenario: an entry is <c>term/index "payload"</c>.
/// </summary>
internal static class TraceText
{
    public static string Of(Message message) => $"{message.From}->{message.To} " + message switch
    {
        PreVoteRequest request =>
            $"PreVoteRequest term {request.Term} last {request.LastTerm}/{request.LastIndex}"
            + $" commit {request.CommitTerm}/{request.Commit}",
        PreVoteResponse response =>
            $"PreVoteResponse term {response.Term} {(response.IsGranted ? "granted" : "refused")}"
            + (response.IsGranted ? "" : $" commit {response.CommitTerm}/{response.Commit}"),
        VoteRequest request => $"VoteRequest term {request.Term} last {request.LastTerm}/{request.LastIndex}"
            + $" commit {request.CommitTerm}/{request.Commit}" + (request.IsTransfer ? " transfer" : ""),
        VoteResponse response =>
            $"VoteResponse term {response.Term} {(response.IsGranted ? "granted" : "refused")}"
            + (response.IsGranted ? "" : $" commit {response.CommitTerm}/{response.Commit}"),
        AppendRequest request => $"AppendRequest term {request.Term}"
            + $" after {request.PreviousTerm}/{request.PreviousIndex} commit {request.Commit}"
            + $" {Of(request.Entries.Span)}",
        AppendAccepted response => $"AppendAccepted term {response.Term} match {response.Match}",
        AppendRejected response => $"AppendRejected term {response.Term} previous {response.PreviousIndex}"
            + $" hint {response.HintTerm}/{response.HintIndex}"
            + (response.NeedsSnapshot ? " needs a snapshot" : ""),
        HeartbeatRequest request =>
            $"HeartbeatRequest term {request.Term} commit {request.Commit} round {request.Round}",
        HeartbeatResponse response => $"HeartbeatResponse term {response.Term} round {response.Round}",
        ReadIndexRequest request => $"ReadIndexRequest term {request.Term} read {request.Context}",
        ReadIndexResponse response =>
            $"ReadIndexResponse term {response.Term} read {response.Context} index {response.Index}",
        TimeoutNow now => $"TimeoutNow term {now.Term}",
        SnapshotOffer offer => $"SnapshotOffer term {offer.Term} {Of(offer.Snapshot)}",
        _ => throw new InvalidOperationException($"{message.GetType().Name} has no text."),
    };

    public static IEnumerable<string> Of(Ready ready)
    {
        if (ready.RoleChange is { } change)
        {
            yield return $"is {change.Role} term {change.Term}"
                + (change.Leader == MemberId.None ? " no leader" : $" leader {change.Leader}");
        }

        if (ready.Snapshot is { } snapshot)
        {
            yield return $"installs {Of(snapshot)}";
        }

        if (ready.HardState is { } state)
        {
            yield return $"writes term {state.Term} vote {state.Vote} commit {state.Commit}"
                + (ready.MustSync ? "" : " (no sync)");
        }

        if (ready.Entries.Length > 0)
        {
            yield return $"appends {Of(ready.Entries.Span)}";
        }

        foreach (var message in ready.Messages)
        {
            yield return $"sends {Of(message)}";
        }

        foreach (var message in ready.MessagesAfterPersist)
        {
            yield return $"sends once persisted {Of(message)}";
        }

        if (ready.Committed.Length > 0)
        {
            yield return $"applies {Of(ready.Committed.Span)}";
        }

        foreach (var read in ready.ReadStates)
        {
            yield return $"may serve read {read.Context} at {read.Index}";
        }

        foreach (var need in ready.SnapshotNeeds)
        {
            yield return $"wants a snapshot for {need.Follower} of {need.IndexMin} or later";
        }
    }

    public static string Of(SnapshotHeader snapshot) =>
        $"snapshot {snapshot.Term}/{snapshot.Index} {snapshot.Configuration}";

    public static string Of(ReadOnlySpan<Entry> entries)
    {
        var text = new StringBuilder("[");
        foreach (var entry in entries)
        {
            text.Append(text.Length > 1 ? ", " : "").Append(Of(entry));
        }

        return text.Append(']').ToString();
    }

    public static string Of(Entry entry) => $"{entry.Term}/{entry.Index} " + (entry.Kind switch
    {
        EntryKind.Configuration => Of(ConfigurationChangeCodec.Decode(entry.Payload)),
        _ => $"\"{Encoding.UTF8.GetString(entry.Payload.Span)}\"",
    });

    public static string Of(ConfigurationChange change)
    {
        if (change.LeavesJoint)
        {
            return "leave joint";
        }

        var members = change.Changes.Select(each => each.Kind switch
        {
            MemberChangeKind.AddVoter => $"+{each.Member}",
            MemberChangeKind.AddLearner => $"~{each.Member}",
            MemberChangeKind.Remove => $"-{each.Member}",
            _ => throw new InvalidOperationException($"{each.Kind} has no text."),
        });
        return "change " + string.Join(' ', members);
    }
}
