using Sync.Member.Proposals;
using Sync.Mvcc.Alarms;
using Sync.Mvcc.Commands;
using Sync.Raft.Log;
using Sync.Simulation.Clusters;
using Sync.Simulation.Faults;
using Sync.Simulation.Histories;
using Sync.Simulation.Membership;
using Sync.Simulation.Scheduling;
using Sync.Simulation.Space;
using Sync.Simulation.Watching;

namespace Sync.Simulation.Checking;

/// <summary>
/// Judges a finished run: the answers of the clients among themselves and against the committed history, the watches,
/// the leases, and the state that the members ended in.
/// </summary>
/// <param name="cluster">The cluster at its end.</param>
/// <param name="history">What the clients did and saw.</param>
internal sealed class HistoryJudge(Cluster cluster, History history)
{
    /// <summary>How soon after all faults have ended a write must go through: three of the longest election waits, and a start.</summary>
    private const long HealingTime = 8 * Durations.Second;

    private readonly Replay _replay = new();
    private readonly List<HistoryOperation> _expiries = [];
    private readonly HashSet<int> _neverHappened = [];
    private readonly HashSet<int> _taken = [];
    private readonly List<(Alarm Alarm, long Time)> _alarms = [];

    /// <summary>How many searches for an order were given up.</summary>
    public int Undecided { get; private set; }

    /// <summary>Judges everything.</summary>
    /// <param name="open">What the operator still wants; null when the members are as wanted.</param>
    /// <exception cref="SimulationException">A promise was broken.</exception>
    public void Judge(Goal? open)
    {
        JudgeProgress(open);
        JudgeRegisters();
        Carry();
        JudgeLeases();
        JudgeKeyspace();
        JudgeLocalReads();
        JudgeWatches();
        JudgeMembers();
        JudgeAlarms();
        JudgeForbidden();
    }

    private static void Require(bool holds, Func<string> violation)
    {
        if (!holds)
        {
            throw new SimulationException(violation());
        }
    }

    private void JudgeProgress(Goal? open)
    {
        Require(
            history.Operations.Any(operation => operation is { Request: KvRequest.Put, Response: KvResponse.Done }
                && operation.Invoke >= RunSettings.FaultsEnd && operation.Return <= RunSettings.FaultsEnd + HealingTime),
            () => $"no write went through within {HealingTime / Durations.Second} s after all faults had ended");
        var hung = history.Operations.FirstOrDefault(
            operation => operation.HasHung && operation.Invoke >= RunSettings.FaultsEnd);
        Require(hung is null, () => $"the operation never ended: {hung}");
        Require(open is null, () => $"the members never became as wanted: {open}");
    }

    private void JudgeRegisters()
    {
        foreach (var register in history.Operations
            .Where(operation => KeyOf(operation.Request) is { } key && key.StartsWith('r'))
            .GroupBy(operation => KeyOf(operation.Request) ?? ""))
        {
            Judge($"register {register.Key}", LinearizabilityChecker<RegisterModel.Content>.Check(
                new RegisterModel(register.Key), register.Where(IsToBePlaced)));
        }
    }

    private static string? KeyOf(KvRequest request) => request switch
    {
        KvRequest.Put put => put.Key,
        KvRequest.Get { End: null } get => get.Key,
        KvRequest.Delete delete => delete.Key,
        KvRequest.Txn { Compares: [var first, ..] } => first.Key,
        _ => null,
    };

    // Lets the model carry the committed entries out, and learns from them what became of unknown outcomes.
    private void Carry()
    {
        foreach (var (entry, time) in cluster.Observer.CommittedEntries)
        {
            if (entry.Payload.IsEmpty || entry.Kind == EntryKind.Configuration)
            {
                continue;
            }

            var payload = MemberCommandCodec.CommandOf(entry.Payload);
            var operations = cluster.Observer.OperationsOf(payload);
            if (operations is not [var operation, ..])
            {
                CarryOwn(entry, MemberCommandCodec.Decode(payload), time);
            }
            else if (operation.Request is KvRequest.Revoke revoke)
            {
                CarryRevocation(entry, revoke.Lease, time);
            }
            else if (operations.Count > 1)
            {
                Carry(entry, operation.Request);
            }
            else
            {
                Require(_taken.Add(operation.Id), () => $"entry {entry.Index} carries out a second time: {operation}");
                Require(!operation.HasFailed, () => $"entry {entry.Index} carries out what failed for certain: {operation}");
                Resolve(operation, Carry(entry, operation.Request));
            }
        }

        foreach (var operation in history.Operations.Where(operation => operation.Request.IsWrite && !_taken.Contains(operation.Id)))
        {
            var isNamed = operation.Request is not KvRequest.Revoke && cluster.Observer.OperationsOf(PayloadOf(operation)).Count <= 1;
            Require(operation.Response is null || operation.IsForbidden || !isNamed, () => $"the acknowledged operation was never committed: {operation}");
            if (operation.IsUnknown && (isNamed || operation.Request is KvRequest.Revoke))
            {
                _neverHappened.Add(operation.Id);
            }
        }
    }

    private KvResponse Carry(Entry entry, KvRequest request) =>
        cluster.Observer.Alarms.RefusalAt(entry.Index, request) is { } refusal
            ? new KvResponse.Refused(refusal)
            : _replay.Add(request).Response;

    // What an alarm forbids changes nothing, wherever it stands.
    private static bool IsToBePlaced(HistoryOperation operation) =>
        !operation.IsForbidden && (operation.Request.IsWrite || !operation.IsUnknown);

    private static ReadOnlyMemory<byte> PayloadOf(HistoryOperation operation) =>
        MemberCommandCodec.Encode(Clients.Wire.CommandOf(operation.Request));

    // What members propose of their own.
    private void CarryOwn(Entry entry, MemberCommand command, long time)
    {
        switch (command)
        {
            case MemberCommand.PublishMember or MemberCommand.ChangeKeyspace { Command: LeaseCheckpointCommand }:
                break;
            case MemberCommand.ChangeKeyspace { Command: RaiseAlarmCommand raise }:
                _alarms.Add((raise.Alarm, time));
                break;
            case MemberCommand.ChangeKeyspace { Command: ClearAlarmCommand }:
                break;
            case MemberCommand.ChangeKeyspace { Command: LeaseRevokeCommand revoke }:
                CarryRevocation(entry, revoke.Lease.Value, time);
                break;
            default:
                throw new SimulationException($"a command was committed that nobody proposed: {command}");
        }
    }

    // Clients and leaders end a lease with the same command. The one that ended it is the client's who was told so; if
    // there is none, it is taken as the leader's, unless a client that heard nothing may have done it.
    private void CarryRevocation(Entry entry, long lease, long time)
    {
        var request = new KvRequest.Revoke(lease);
        if (Carry(entry, request) is not KvResponse.Revoked response)
        {
            return;
        }

        var clients = history.Operations.Where(operation => operation.Request.Equals(request)).ToList();
        if (clients.Find(operation => operation.Response is KvResponse.Revoked) is { } told)
        {
            Resolve(told, response);
            return;
        }

        _expiries.Add(new HistoryOperation
        {
            Id = 1_000_000 + _expiries.Count,
            Client = 0,
            Request = request,
            Invoke = GrantOf(lease)?.Invoke ?? 0,
            Return = time,
            Response = response,
            IsDoubtful = clients.Exists(operation => operation.IsUnknown && operation.Invoke < time),
        });
    }

    private static void Resolve(HistoryOperation operation, KvResponse expected)
    {
        if (operation.Response is { } response)
        {
            Require(response.Equals(expected), () => $"{operation} should have been answered {expected}");
        }
        else
        {
            operation.Response = expected;
        }
    }

    private HistoryOperation? GrantOf(long lease) => history.Operations.FirstOrDefault(
        operation => operation.Request is KvRequest.Grant grant && grant.Lease == lease);

    private void JudgeKeyspace()
    {
        var counted = history.Operations
            .Where(operation => operation.Request is not KvRequest.LocalGet && !_neverHappened.Contains(operation.Id))
            .Where(IsToBePlaced)
            .Concat(_expiries)
            .ToList();
        Judge("the keyspace", LinearizabilityChecker<KeyspaceState>.Check(new KeyspaceModel(counted), counted));
    }

    private void Judge(string subject, Finding finding)
    {
        Require(finding.Verdict != Verdict.Violated, () => $"{subject} is not linearizable: {finding.Reason}");
        Undecided += finding.Verdict == Verdict.Undecided ? 1 : 0;
    }

    private void JudgeLeases()
    {
        foreach (var lease in history.Operations
            .Where(operation => LeaseOf(operation.Request) is not null)
            .Concat(_expiries)
            .GroupBy(operation => LeaseOf(operation.Request)))
        {
            Judge($"lease {lease.Key}", LinearizabilityChecker<LeaseModel.Life>.Check(
                new LeaseModel(),
                lease.Where(operation => !_neverHappened.Contains(operation.Id) && IsToBePlaced(operation))));
        }

        foreach (var expiry in _expiries.Where(expiry => !expiry.IsDoubtful))
        {
            var lease = LeaseOf(expiry.Request);
            var faults = LeaseTimes.Faults(
                GrantOf(lease ?? 0), history.Operations.Where(operation => LeaseOf(operation.Request) == lease), expiry.Return);
            Require(faults is null, () => $"lease {lease} ended at {expiry.Return / 1e6:F6} s: {faults}");
        }
    }

    private static long? LeaseOf(KvRequest request) => request switch
    {
        KvRequest.Grant grant => grant.Lease,
        KvRequest.Revoke revoke => revoke.Lease,
        KvRequest.KeepAlive keep => keep.Lease,
        _ => null,
    };

    private void JudgeLocalReads()
    {
        foreach (var operation in history.Operations)
        {
            if (operation is not { Request: KvRequest.LocalGet get, Response: { } response })
            {
                continue;
            }

            switch (response)
            {
                case KvResponse.Got got:
                    var at = get.Revision > 0 ? get.Revision : got.Revision;
                    Require(at <= got.Revision && got.Revision <= _replay.Last.Revision,
                        () => $"the revision has not happened: {operation}");
                    Require(got.Pairs.Equals(_replay.At(at).Range(get.Key, get.End)),
                        () => $"at revision {at} there was {_replay.At(at)}: {operation}");
                    break;
                case KvResponse.Refused { Reason: KvRefusal.Corrupt }:
                    break;
                case KvResponse.Refused { Reason: KvRefusal.Compacted }:
                    Require(get.Revision > 0 && get.Revision < _replay.Last.Compacted, () => $"nothing compacts it: {operation}");
                    break;
                default:
                    Require(response is KvResponse.Refused { Reason: KvRefusal.FutureRevision } && get.Revision > 1,
                        () => $"the answer is of another kind: {operation}");
                    break;
            }
        }
    }

    private void JudgeWatches()
    {
        foreach (var watch in history.Watches)
        {
            var faults = WatchJudge.Judge(watch, _replay);
            Require(faults.Count == 0, () => $"{watch} broke promises: {string.Join("; ", faults.Take(3))}\n"
                + $"It was told {watch.Answers.Count} times: {string.Join("; ", watch.Answers.Take(3))} ... "
                + string.Join("; ", watch.Answers.TakeLast(3)));
        }
    }

    private void JudgeAlarms()
    {
        var alarms = cluster.Observer.Alarms.Last;
        Require(alarms.Count == 0, () => $"the alarms could not be disarmed for good: {alarms}");
    }

    // A member that refuses before it proposes raises the alarm for lack of space first; it has seen the one that it differs.
    private void JudgeForbidden()
    {
        foreach (var operation in history.Operations.Where(
            operation => operation.IsForbidden && operation.Return != HistoryOperation.Never))
        {
            var lacksSpace = operation.Response is KvResponse.Refused { Reason: KvRefusal.NoSpace };
            Require(!lacksSpace || AlarmModel.NeedsSpace(operation.Request), () => $"it needs no space: {operation}");
            var since = lacksSpace && !_taken.Contains(operation.Id) ? operation.Invoke : 0;
            Require(_alarms.Exists(raised => since <= raised.Time && raised.Time <= operation.Return
                && raised.Alarm.Type == (lacksSpace ? AlarmType.NoSpace : AlarmType.Corrupt)),
                () => $"no alarm forbids it: {operation}");
        }
    }

    private static string Describe(MemberProcess process) => string.Join(' ', process.Status.Members.All.Select(
        member => $"{member.Id} {member.Name} {string.Join(',', member.PeerUrls)}{(member.IsLearner ? " learner" : "")}"))
        + $", removed {string.Join(' ', process.Status.Members.Removed)}";

    private void JudgeMembers()
    {
        var last = cluster.Observer.Membership.Last;
        foreach (var member in last.Members)
        {
            Require(cluster.ProcessOf(member) is not null, () => $"{member} does not run");
        }

        var members = last.Members.Select(cluster.ProcessOf).OfType<MemberProcess>().ToList();
        foreach (var node in cluster.Nodes.Where(node => node.Process is not null && !last.Contains(node.Id)))
        {
            Require(!node.Process!.Peers.Members.All.Any(known => last.Contains(known.Id)),
                () => $"{node.Id} was removed, and runs on");
        }

        foreach (var process in members)
        {
            var node = process.Node;
            Require(process.Status.Members.All.SequenceEqual(members[0].Status.Members.All)
                && process.Status.Members.Removed.SequenceEqual(cluster.Observer.Membership.Removed.Order()),
                () => $"{node.Id} knows other members than {members[0].Id}: {Describe(process)}, and {Describe(members[0])}");

            Require(process.Status.Applied.Value == (ulong)cluster.Observer.CommittedEntries.Count,
                () => $"{node.Id} has applied {process.Status.Applied} of {cluster.Observer.CommittedEntries.Count} entries");
            Require(process.View.Revision.Value == _replay.Last.Revision,
                () => $"{node.Id} is at revision {process.View.Revision}, and not {_replay.Last.Revision}");
            Require(process.ReadAll().Equals(new Items<KvPair>([.. _replay.Last.Pairs.Values])),
                () => $"{node.Id} holds other pairs than {_replay.Last}");
            Require(process.View.Leases().Select(lease => lease.Id.Value).SequenceEqual(_replay.Last.Leases),
                () => $"{node.Id} holds other leases than {_replay.Last}");
            cluster.Observer.CompareHash(process, process.View, process.View.Revision);
        }
    }
}
