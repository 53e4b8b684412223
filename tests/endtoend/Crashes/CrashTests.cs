using System.Diagnostics;
using Grpc.Net.Client;
using Sync.Etcd.Api;
using Sync.TestKit;
using Xunit.Abstractions;

namespace Sync.EndToEnd.Tests.Crashes;

/// <summary>
/// The store is killed with SIGKILL while clients write, again and again. <c>SYNC_CRASH_CYCLES</c> sets how often;
/// the nightly run uses 200.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Writers = 8;
    private const int CompactEvery = 3;
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);

    private static int Cycles =>
        int.TryParse(Environment.GetEnvironmentVariable("SYNC_CRASH_CYCLES"), out var cycles) ? cycles : 4;

    // A small count makes checkpoints and log rotation happen between, and during, crashes.
    [Theory]
    [InlineData("10000")]
    [InlineData("50")]
    public Task Our_store_loses_no_acknowledged_write(string snapshotCount) =>
        CrashAsync(StoreProgram.Ours, Cycles, snapshotCount);

    [Fact]
    public Task Our_store_loses_none_with_its_log_in_a_folder_of_its_own() =>
        CrashAsync(StoreProgram.Ours, Cycles, snapshotCount: "50", hasLogApart: true);

    [DebianTheory("etcd")]
    [InlineData("10000")]
    [InlineData("50")]
    public Task Etcd_loses_no_acknowledged_write(string snapshotCount) =>
        CrashAsync(StoreProgram.Etcd, cycles: 3, snapshotCount);

    [DebianFact("etcd")]
    public async Task A_write_that_is_lost_is_found()
    {
        using var directory = new TempDirectory();
        await using var server = await StoreServer.StartAsync(
            StoreProgram.Etcd, directory.At("member"), Deadline.In(StartMax));
        using var channel = GrpcChannel.ForAddress(server.ClientUrl);
        var store = new KV.KVClient(channel);
        var writer = new CrashWriter(number: 0);
        await WriteAndKillAsync(server, store, [writer], acknowledgedMin: 10);
        await server.StartAgainAsync(Deadline.In(StartMax));
        var lost = writer.KeyOf(writer.Acknowledged[3].Sequence);

        await store.DeleteRangeAsync(new DeleteRangeRequest { Key = Google.Protobuf.ByteString.CopyFromUtf8(lost) });
        var check = () => new CrashLaws([writer]).CheckAsync(store);

        await check.Should().ThrowAsync<Xunit.Sdk.XunitException>().WithMessage("*every acknowledged write*");
    }

    private async Task CrashAsync(StoreProgram program, int cycles, string snapshotCount, bool hasLogApart = false)
    {
        using var directory = new TempDirectory();
        string[] logFlags = hasLogApart ? ["--wal-dir", directory.At("log")] : [];
        await using var server = await StoreServer.StartAsync(
            program, directory.At("member"), Deadline.In(StartMax), ["--snapshot-count", snapshotCount, .. logFlags]);
        var writers = Enumerable.Range(0, Writers).Select(number => new CrashWriter(number)).ToList();
        var laws = new CrashLaws(writers);
        var random = new Random(20_260);
        var starts = new List<TimeSpan>();
        for (var cycle = 1; cycle <= cycles; cycle++)
        {
            using var channel = GrpcChannel.ForAddress(server.ClientUrl);
            var store = new KV.KVClient(channel);
            var revision = await laws.CheckAsync(store);
            var compacting = cycle % CompactEvery == 0 ? CompactAsync(store, revision) : Task.CompletedTask;
            await WriteAndKillAsync(server, store, writers, acknowledgedMin: random.Next(1, 600));
            await compacting;

            var startedAt = Stopwatch.GetTimestamp();
            await server.StartAgainAsync(Deadline.In(StartMax));
            starts.Add(Stopwatch.GetElapsedTime(startedAt));
        }

        using var last = GrpcChannel.ForAddress(server.ClientUrl);
        await laws.CheckAsync(new KV.KVClient(last));
        output.WriteLine($"{program}: {cycles} crashes, {writers.Sum(writer => writer.Acknowledged.Count)} writes "
            + $"acknowledged, starts {starts.Min().TotalMilliseconds:F0} to {starts.Max().TotalMilliseconds:F0} ms");
    }

    private static async Task WriteAndKillAsync(
        StoreServer server, KV.KVClient store, IReadOnlyList<CrashWriter> writers, int acknowledgedMin)
    {
        var missing = acknowledgedMin;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writing = Task.WhenAll(writers.Select(writer => writer.WriteUntilCutOffAsync(store, Count)));

        // When the writers end before the kill, something else cut them off, and the laws will tell.
        await Task.WhenAny(enough.Task, writing);
        await server.KillAsync();
        await writing;

        void Count()
        {
            if (Interlocked.Decrement(ref missing) == 0)
            {
                enough.SetResult();
            }
        }
    }

    // It runs into the kill as often as not.
    private static async Task CompactAsync(KV.KVClient store, long revision)
    {
        try
        {
            await store.CompactAsync(new CompactionRequest { Revision = revision });
        }
        catch (Grpc.Core.RpcException)
        {
            // The outcome is the store's to know; reads of the present do not depend on it.
        }
    }
}
