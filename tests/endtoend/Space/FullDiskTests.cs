using CliWrap;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Sync.Etcd.Api;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Space;

/// <summary>A store on a small file system that something else fills.</summary>
public sealed class FullDiskTests : IDisposable
{
    // The log takes 64 MiB from the start; with the rest less than 192 MiB are free.
    private const string DiskSize = "320m";
    private const long FillerBytes = 100L * 1024 * 1024;

    private static readonly ByteString Key = ByteString.CopyFromUtf8("key");
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private readonly TempDirectory _directory = new();
    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(2));

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    [RootFact("mount")]
    public async Task Writes_are_refused_before_the_disk_is_full_and_taken_again_when_there_is_room()
    {
        var disk = _directory.At("disk");
        Directory.CreateDirectory(disk);
        await Cli.Wrap("mount").WithArguments(["-t", "tmpfs", "-o", $"size={DiskSize}", "tmpfs", disk]).ExecuteAsync();
        try
        {
            await FillAndFreeAsync(disk);
        }
        finally
        {
            await Cli.Wrap("umount").WithArguments(["-l", disk]).ExecuteAsync();
        }
    }

    private async Task FillAndFreeAsync(string disk)
    {
        await using var server = await StoreServer.StartAsync(StoreProgram.Ours, Path.Combine(disk, "member"), _limit);
        using var channel = GrpcChannel.ForAddress(server.ClientUrl);
        var (store, maintenance) = (new KV.KVClient(channel), new Maintenance.MaintenanceClient(channel));
        await PutAsync(store);

        var filler = Path.Combine(disk, "filler");
        File.OpenHandle(filler, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, FillerBytes).Dispose();
        await server.Process.Log.WaitForAsync(line => line.Contains("nearly full", StringComparison.Ordinal), _limit);
        await BecomesAsync(async () => (await AlarmsAsync(maintenance)).Contains(AlarmType.Nospace));

        var put = () => PutAsync(store);
        var refusal = (await put.Should().ThrowAsync<RpcException>()).Which.Status;
        (refusal.StatusCode, refusal.Detail).Should().Be(
            (StatusCode.ResourceExhausted, "etcdserver: mvcc: database space exceeded"));
        (await store.RangeAsync(new RangeRequest { Key = Key }, cancellationToken: _limit)).Kvs.Should().ContainSingle();
        await store.DeleteRangeAsync(new DeleteRangeRequest { Key = Key }, cancellationToken: _limit);

        // The store notes the room within a second; a put before that raises the alarm again.
        File.Delete(filler);
        await BecomesAsync(async () =>
        {
            await DisarmAsync(maintenance);
            try
            {
                await PutAsync(store);
                return true;
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.ResourceExhausted)
            {
                return false;
            }
        });
    }

    private async Task PutAsync(KV.KVClient store) =>
        await store.PutAsync(new PutRequest { Key = Key, Value = Key }, cancellationToken: _limit);

    private async Task<IEnumerable<AlarmType>> AlarmsAsync(Maintenance.MaintenanceClient maintenance) =>
        (await maintenance.AlarmAsync(
            new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Get }, cancellationToken: _limit))
        .Alarms.Select(alarm => alarm.Alarm);

    private async Task DisarmAsync(Maintenance.MaintenanceClient maintenance)
    {
        var status = await maintenance.StatusAsync(new StatusRequest(), cancellationToken: _limit);
        await maintenance.AlarmAsync(
            new AlarmRequest
            {
                Action = AlarmRequest.Types.AlarmAction.Deactivate,
                MemberID = status.Header.MemberId,
                Alarm = AlarmType.Nospace,
            },
            cancellationToken: _limit);
    }

    private async Task BecomesAsync(Func<Task<bool>> isReachedAsync)
    {
        using var timer = new PeriodicTimer(LookInterval);
        while (!await isReachedAsync())
        {
            await timer.WaitForNextTickAsync(_limit);
        }
    }
}
