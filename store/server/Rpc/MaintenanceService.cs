using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Member.Membership;
using Sync.Mvcc;
using Sync.Mvcc.Alarms;
using Sync.Mvcc.Commands;
using Sync.Raft;
using Sync.Store.Options;
using Sync.Store.Replication;
using DowngradeAction = Sync.Etcd.Api.DowngradeRequest.Types.DowngradeAction;
using MvccAlarmType = Sync.Mvcc.Alarms.AlarmType;
using WireAlarmType = Sync.Etcd.Api.AlarmType;

namespace Sync.Store.Rpc;

/// <summary>etcd's Maintenance service, as far as this version has it.</summary>
/// <remarks>Source: etcd, api/etcdserverpb/rpc.proto, service Maintenance.</remarks>
internal sealed class MaintenanceService(
    StoreFront front,
    ResponseHeaders headers,
    PublishedState published,
    StoreSettings settings,
    TimeProvider time)
    : Maintenance.MaintenanceBase
{
    private const long NeverCompacted = -1;

    // From here on, a downgrade that nobody began may be given up.
    private static readonly ClusterVersion QuietCancel = new(3, 6);

    /// <inheritdoc/>
    public override Task<StatusResponse> Status(StatusRequest request, ServerCallContext context)
    {
        var status = published.Status;
        var view = published.View;
        var size = published.Size;
        var response = new StatusResponse
        {
            Header = headers.At(view.Revision),
            Version = settings.EtcdVersion,
            DbSize = size.TotalBytes + size.WaitingBytes,
            DbSizeInUse = size.TotalBytes - size.DeadBytes,
            Leader = status.Leader.Value,
            RaftIndex = status.LastIndex.Value,
            RaftTerm = status.Term.Value,
            RaftAppliedIndex = status.Applied.Value,
            StorageVersion = StorageVersion,
            DbSizeQuota = settings.QuotaBytes ?? 0,
            DowngradeInfo = new DowngradeInfo
            {
                Enabled = status.Members.DowngradeTarget is not null,
                TargetVersion = status.Members.DowngradeTarget?.ToString() ?? "",
            },
            IsLearner = status.IsLearner,
        };
        if (status.Leader.Value == 0)
        {
            response.Errors.Add("etcdserver: no leader");
        }

        response.Errors.AddRange(view.Alarms.Select(Text));
        return Task.FromResult(response);
    }

    /// <inheritdoc/>
    public override async Task<AlarmResponse> Alarm(AlarmRequest request, ServerCallContext context)
    {
        var alarm = new Alarm(request.MemberID, (MvccAlarmType)request.Alarm);
        switch (request.Action)
        {
            case AlarmRequest.Types.AlarmAction.Activate:
                return ToWire(await front.ProposeAsync<AlarmOutcome>(new RaiseAlarmCommand(alarm)));
            case AlarmRequest.Types.AlarmAction.Deactivate:
                return ToWire(await front.ProposeAsync<AlarmOutcome>(new ClearAlarmCommand(alarm)));
            default:
                var view = await front.LinearizableViewAsync();
                return ToWire(new AlarmOutcome(
                    view.Revision,
                    [.. view.Alarms.Where(raised => alarm.Type is MvccAlarmType.None || raised.Type == alarm.Type)]));
        }
    }

    /// <inheritdoc/>
    public override async Task<HashResponse> Hash(HashRequest request, ServerCallContext context)
    {
        var hash = await front.HashAsync(front.View, Revision.None, context.CancellationToken);
        return new HashResponse { Header = headers.At(hash.Revision), Hash = hash.Hash };
    }

    /// <inheritdoc/>
    public override async Task<HashKVResponse> HashKV(HashKVRequest request, ServerCallContext context)
    {
        var hash = await front.HashAsync(front.View, new Revision(request.Revision), context.CancellationToken);
        return new HashKVResponse
        {
            Header = headers.At(hash.Revision),
            Hash = hash.Hash,
            CompactRevision = hash.CompactedRevision.IsSome ? hash.CompactedRevision.Value : NeverCompacted,
            HashRevision = hash.HashRevision.Value,
        };
    }

    /// <inheritdoc/>
    public override async Task Snapshot(
        SnapshotRequest request, IServerStreamWriter<SnapshotResponse> responseStream, ServerCallContext context)
    {
        using var capture = await front.AskAsync(new MemberRequest.Capturing());
        await SnapshotBlobs.SendAsync(
            front, capture, StorageVersion, responseStream, time, context.CancellationToken);
    }

    /// <summary>
    /// Answers when all that was compacted before is given back. Reads and writes go on meanwhile; most of it is given back in
    /// the background without being asked.
    /// </summary>
    public override async Task<DefragmentResponse> Defragment(DefragmentRequest request, ServerCallContext context)
    {
        await front.AskAsync(new MemberRequest.Removal(published.View.CompactedRevision));
        await front.AskAsync(new MemberRequest.Defragmentation());
        return new DefragmentResponse();
    }

    /// <inheritdoc/>
    public override async Task<MoveLeaderResponse> MoveLeader(MoveLeaderRequest request, ServerCallContext context) =>
        await front.AskAsync(new MemberRequest.LeadershipTransfer(new MemberId(request.TargetID))) switch
        {
            TransferResult.Done => new MoveLeaderResponse(),
            TransferResult.NotLeader => throw RpcErrors.NotLeader,
            TransferResult.NoSuccessor => throw RpcErrors.BadTransferee,
            TransferResult.TookTooLong => throw RpcErrors.TransferTimedOut,
        };

    /// <summary>
    /// Lets the cluster go by a version one minor lower, so that its members can be started with it one after the other. The
    /// data is the same for all of them: what changes is what clients are told.
    /// </summary>
    public override async Task<DowngradeResponse> Downgrade(DowngradeRequest request, ServerCallContext context)
    {
        ClusterVersion? target = request.Action switch
        {
            DowngradeAction.Cancel => null,
            DowngradeAction.Validate or DowngradeAction.Enable =>
                ClusterVersion.Parse(request.Version) ?? throw RpcErrors.DowngradeVersionMalformed,
            _ => throw RpcErrors.UnknownMethod,
        };
        var view = await front.LinearizableViewAsync();
        var members = published.Status.Members;
        var refusal = target is { } sought ? members.FindDowngradeRefusal(sought) : null;
        if (target is null && members.DowngradeTarget is null && settings.MinorVersion < QuietCancel)
        {
            throw RpcErrors.NoDowngrade;
        }

        if (refusal is null && request.Action is not DowngradeAction.Validate)
        {
            refusal = await front.AskAsync(new MemberRequest.Downgrade(target));
        }

        return refusal is { } reason ? throw RpcErrors.Of(reason) : new DowngradeResponse
        {
            Header = headers.At(view.Revision),
            Version = members.Version?.ToString() ?? "",
        };
    }

    private AlarmResponse ToWire(AlarmOutcome outcome)
    {
        var response = new AlarmResponse { Header = headers.At(outcome.Revision) };
        response.Alarms.AddRange(outcome.Alarms.Select(alarm => new AlarmMember
        {
            MemberID = alarm.Member,
            Alarm = (WireAlarmType)alarm.Type,
        }));
        return response;
    }

    // The text form of protocol buffers, with its blank at the end, as etcd renders an alarm.
    private static string Text(Alarm alarm) => alarm.Type switch
    {
        MvccAlarmType.NoSpace => $"memberID:{alarm.Member} alarm:NOSPACE ",
        MvccAlarmType.Corrupt => $"memberID:{alarm.Member} alarm:CORRUPT ",
        MvccAlarmType.None => "",
        _ => $"memberID:{alarm.Member} alarm:{(int)alarm.Type} ",
    };

    private string StorageVersion => (published.Status.Members.Version ?? settings.MinorVersion).ToString();
}
