using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Grpc.Net.Client;
using Sync.Etcd.Api;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Space;

/// <summary>A store whose few keys are written over and over takes no more room, and starts no later, for it.</summary>
[Trait("Category", "Long")]
public sealed partial class BoundedSpaceTests : IDisposable
{
    private const int Keys = 16;
    private const int ValueBytes = 256 * 1024;
    private const int RoundsToTheMiddle = 40;
    private const int RoundsAfterIt = 100;

    // One segment of the log, and two of values, may be there at the end that were not in the middle.
    private const long GrowthMax = 3L * 64 * 1024 * 1024;
    private const int SnapshotCount = 50;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private readonly TempDirectory _directory = new();
    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(4));

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Disk_and_start_depend_on_what_lives_not_on_what_was_written()
    {
        await using var server = await StoreServer.StartAsync(
            StoreProgram.Ours,
            _directory.At("member"),
            _limit,
            "--snapshot-count", $"{SnapshotCount}",
            "--snapshot-catchup-entries", "10");
        using var channel = GrpcChannel.ForAddress(server.ClientUrl);
        var store = new KV.KVClient(channel);
        var folder = new DataFolder(server.DataDirectory);

        await OverwriteAsync(store, RoundsToTheMiddle);
        var middle = folder.Bytes;
        await OverwriteAsync(store, RoundsAfterIt);

        // What was written since the middle is far more than the bound; what is dead of it goes in the background.
        ((long)RoundsAfterIt * Keys * ValueBytes).Should().BeGreaterThan(2 * GrowthMax);
        await BecomesAsync(() => folder.Bytes <= middle + GrowthMax, () => $"{middle} bytes grew to {folder.Bytes}");
        await server.KillAsync();
        await server.StartAgainAsync(_limit);

        var restored = await server.Process.Log.WaitForAsync(line => Restored().IsMatch(line), _limit);
        var entries = int.Parse(Restored().Match(restored).Groups["entries"].Value, CultureInfo.InvariantCulture);
        entries.Should().BeLessThan(10 * SnapshotCount, "{0} were written", (RoundsToTheMiddle + RoundsAfterIt) * Keys);
    }

    [Fact]
    public async Task Defragmenting_frees_the_disk_of_all_that_is_compacted()
    {
        await using var server = await StoreServer.StartAsync(StoreProgram.Ours, _directory.At("member"), _limit);
        using var channel = GrpcChannel.ForAddress(server.ClientUrl);
        var maintenance = new Maintenance.MaintenanceClient(channel);
        var folder = new DataFolder(server.DataDirectory);
        await OverwriteAsync(new KV.KVClient(channel), rounds: 40);

        await maintenance.DefragmentAsync(new DefragmentRequest(), cancellationToken: _limit);

        var status = await maintenance.StatusAsync(new StatusRequest(), cancellationToken: _limit);
        status.DbSizeInUse.Should().BeInRange(Keys * ValueBytes, 2 * Keys * ValueBytes);
        status.DbSize.Should().Be(status.DbSizeInUse, "nothing that is dead is left");
        folder.ValueBytes.Should().BeInRange(status.DbSize, status.DbSize + (64 * 1024));
        await BecomesAsync(
            () => folder.BytesHeldBy(server.Process.Id) == 0,
            () => $"{folder.BytesHeldBy(server.Process.Id)} bytes of removed files are held open");
    }

    // The last round is compacted away before the next one begins.
    private async Task OverwriteAsync(KV.KVClient store, int rounds)
    {
        var value = new byte[ValueBytes];
        for (var round = 0; round < rounds; round++)
        {
            var revision = 0L;
            for (var key = 0; key < Keys; key++)
            {
                new Random((round * Keys) + key).NextBytes(value);
                var put = await store.PutAsync(
                    new PutRequest { Key = ByteString.CopyFromUtf8($"key-{key}"), Value = ByteString.CopyFrom(value) },
                    cancellationToken: _limit);
                revision = put.Header.Revision;
            }

            await store.CompactAsync(
                new CompactionRequest { Revision = revision, Physical = true }, cancellationToken: _limit);
        }
    }

    private async Task BecomesAsync(Func<bool> isReached, Func<string> describe)
    {
        using var timer = new PeriodicTimer(LookInterval);
        try
        {
            while (!isReached())
            {
                await timer.WaitForNextTickAsync(_limit);
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail(describe());
        }
    }

    [GeneratedRegex("the log holds (?<entries>[0-9]+) entries after it")]
    private static partial Regex Restored();
}
