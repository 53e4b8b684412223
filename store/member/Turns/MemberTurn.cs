using Sync.Member.Forwarding;
using Sync.Member.Membership;
using Sync.Mvcc;
using Sync.Mvcc.Commands;
using Sync.Raft;

namespace Sync.Member.Turns;

/// <summary>The answer of the state machine to a proposal.</summary>
/// <param name="Request">The request.</param>
/// <param name="Outcome">The outcome, or why the command was refused.</param>
public readonly record struct AppliedRequest(RequestId Request, Result<Outcome> Outcome);

/// <summary>The answer to a lease's renewal.</summary>
/// <param name="Request">The request.</param>
/// <param name="TtlSeconds">The granted time to live; 0 when the lease is no more.</param>
public readonly record struct RenewedLease(RequestId Request, long TtlSeconds);

/// <summary>The answer to a question for a lease's remaining time.</summary>
/// <param name="Request">The request.</param>
/// <param name="Seconds">The time it has left, in whole seconds; negative when the lease is no more.</param>
public readonly record struct LeaseRemainder(RequestId Request, long Seconds);

/// <summary>The answer to a change of the members.</summary>
/// <param name="Request">The request.</param>
/// <param name="Refusal">Why it was not made; null when it was.</param>
public readonly record struct ChangedCluster(RequestId Request, ClusterRefusal? Refusal);

/// <summary>What the owner of a <see cref="GroupMember"/> must do now; <see cref="CarryOut"/> has the order.</summary>
/// <remarks>The lists are the member's own and valid until its next turn.</remarks>
public sealed class MemberTurn
{
    internal MemberTurn()
    {
    }

    /// <summary>What the consensus wants written and sent; null when nothing.</summary>
    public Ready? Ready { get; internal set; }

    /// <summary>Messages to other members beside those of the consensus. They wait for nothing.</summary>
    public IReadOnlyList<MemberMessage> Messages => MessageList;

    /// <summary>The view that holds everything applied so far.</summary>
    public KeyspaceView? View { get; internal set; }

    /// <summary>Proposals that were applied or refused by the state machine.</summary>
    public IReadOnlyList<AppliedRequest> Applied => AppliedList;

    /// <summary>Linearizable reads that may be served from <see cref="View"/>.</summary>
    public IReadOnlyList<RequestId> Reads => ReadList;

    /// <summary>Leases that were renewed, or found to be gone.</summary>
    public IReadOnlyList<RenewedLease> Renewals => RenewalList;

    /// <summary>Leases whose remaining time was asked for.</summary>
    public IReadOnlyList<LeaseRemainder> Remainders => RemainderList;

    /// <summary>Changes of the members that were made, or refused.</summary>
    public IReadOnlyList<ChangedCluster> Changes => ChangeList;

    /// <summary>Waits for the removal of compacted changes that are over.</summary>
    public IReadOnlyList<RequestId> Removed => RemovedList;

    /// <summary>Requests that end without an answer.</summary>
    public IReadOnlyList<FailedRequest> Failed => FailedList;

    /// <summary>
    /// Does all that the turn asks for: sends, writes, publishes, answers. Messages overlap with the write; what promises
    /// something waits for it. An answer is never given before its view is visible.
    /// </summary>
    /// <param name="effects">Does each of it.</param>
    public void CarryOut(ITurnEffects effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        foreach (var message in Ready?.Messages ?? [])
        {
            effects.Send(message);
        }

        // It is of the state before a snapshot that takes its place.
        if (View is { } view)
        {
            effects.Publish(view);
        }

        if (Ready?.Snapshot is { } snapshot)
        {
            effects.Install(snapshot);
        }

        if (Ready is { } ready)
        {
            effects.Write(ready);
        }

        foreach (var message in Messages)
        {
            effects.Send(message);
        }

        foreach (var need in Ready?.SnapshotNeeds ?? [])
        {
            effects.SendSnapshot(need);
        }

        if (Ready?.RoleChange is { } change)
        {
            effects.Tell(change);
        }

        effects.Answer(this);
    }

    internal List<AppliedRequest> AppliedList { get; } = [];

    internal List<RequestId> ReadList { get; } = [];

    internal List<RenewedLease> RenewalList { get; } = [];

    internal List<MemberMessage> MessageList { get; } = [];

    internal List<LeaseRemainder> RemainderList { get; } = [];

    internal List<ChangedCluster> ChangeList { get; } = [];

    internal List<RequestId> RemovedList { get; } = [];

    internal List<FailedRequest> FailedList { get; } = [];

    internal bool HasSaid => MessageList.Count + RenewalList.Count + RemainderList.Count + ChangeList.Count
        + FailedList.Count > 0;

    internal void Clear()
    {
        Ready = null;
        View = null;
        AppliedList.Clear();
        ReadList.Clear();
        RenewalList.Clear();
        MessageList.Clear();
        RemainderList.Clear();
        ChangeList.Clear();
        RemovedList.Clear();
        FailedList.Clear();
    }
}
