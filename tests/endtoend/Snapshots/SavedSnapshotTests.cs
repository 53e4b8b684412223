using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CliWrap;
using CliWrap.Buffered;
using Google.Protobuf;
using Grpc.Net.Client;
using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Api;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Snapshots;

/// <summary>A running store is saved to a file, and the file becomes a new cluster's member.</summary>
public sealed class SavedSnapshotTests : IDisposable
{
    private const int Keys = 1500;
    private readonly TempDirectory _folder = new();

    private string Saved => _folder.At("saved");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_saved_store_comes_back_with_its_keys_revision_and_leases()
    {
        await using var store = await StartAsync("first");
        using var channel = GrpcChannel.ForAddress(store.ClientUrl);
        await FillAsync(channel);
        (await StorectlAsync("--endpoints", store.Endpoint, "snapshot", "save", Saved)).StandardOutput
            .Should().Be($"Snapshot saved at {Saved}\n");
        var kept = await AllAsync(channel);
        var hash = await new Maintenance.MaintenanceClient(channel).HashKVAsync(new HashKVRequest());
        await PutAsync(channel, "later", "is not in it");

        var status = await StorectlAsync("snapshot", "status", Saved);
        await StorectlAsync("snapshot", "restore", Saved, "--data-dir", _folder.At("second"));
        await using var restored = await StartAsync("second");
        using var second = GrpcChannel.ForAddress(restored.ClientUrl);
        var found = await AllAsync(second);

        status.StandardOutput.Should().StartWith(
            string.Create(CultureInfo.InvariantCulture, $"{hash.Hash:x}, {hash.Header.Revision}, {kept.Count}, "));
        found.Kvs.Should().Equal(kept.Kvs);
        found.Header.Revision.Should().Be(kept.Header.Revision);
        found.Header.MemberId.Should().Be(0x8e9e05c52164694d, "the flags say a default member of a default cluster");
        (await new Lease.LeaseClient(second).LeaseTimeToLiveAsync(new LeaseTimeToLiveRequest { ID = 77 })).GrantedTTL
            .Should().Be(3600);
        await PutAsync(second, "later", "goes on");
        (await AllAsync(second)).Header.Revision.Should().Be(kept.Header.Revision + 1);
    }

    [DebianFact("etcdctl")]
    public async Task Etcds_own_tool_saves_our_store_with_the_digest_that_it_expects()
    {
        await using var store = await StartAsync("first");
        using var channel = GrpcChannel.ForAddress(store.ClientUrl);
        await FillAsync(channel);

        var saved = await RunAsync(
            DebianPrograms.Require("etcdctl"), "--endpoints", store.Endpoint, "snapshot", "save", Saved);

        saved.ExitCode.Should().Be(0);
        saved.StandardOutput.Should().Contain($"Snapshot saved at {Saved}");
        var bytes = await File.ReadAllBytesAsync(Saved);
        (bytes.Length % 512).Should().Be(32);
        SHA256.HashData(bytes.AsSpan(0, bytes.Length - 32)).Should().Equal(bytes[^32..]);
        (await StorectlAsync("snapshot", "status", Saved)).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Each_blob_tells_how_much_is_left_and_the_digest_comes_alone()
    {
        await using var store = await StartAsync("first");
        using var channel = GrpcChannel.ForAddress(store.ClientUrl);
        await FillAsync(channel);
        using var call = new Maintenance.MaintenanceClient(channel).Snapshot(new SnapshotRequest());

        var blobs = new List<SnapshotResponse>();
        while (await call.ResponseStream.MoveNext(Deadline.Default))
        {
            blobs.Add(call.ResponseStream.Current);
        }

        var left = blobs.Sum(blob => (long)blob.Blob.Length) - 32;
        foreach (var blob in blobs.SkipLast(1))
        {
            left -= blob.Blob.Length;
            blob.RemainingBytes.Should().Be((ulong)left);
            blob.Blob.Length.Should().BeLessThanOrEqualTo(32 * 1024);
        }

        blobs.Count.Should().BeGreaterThan(3);
        blobs[^1].RemainingBytes.Should().Be(0);
        blobs[^1].Blob.Length.Should().Be(32);
        blobs.Should().OnlyContain(blob => blob.Version == "3.6.0");
    }

    [Fact]
    public async Task A_raised_revision_tells_old_watchers_that_they_missed_something()
    {
        await using (var store = await StartAsync("first"))
        {
            using var channel = GrpcChannel.ForAddress(store.ClientUrl);
            await FillAsync(channel);
            await StorectlAsync("--endpoints", store.Endpoint, "snapshot", "save", Saved);
        }

        var alone = await StorectlAsync(
            "snapshot", "restore", Saved, "--data-dir", _folder.At("second"), "--bump-revision", "1000000");
        await StorectlAsync(
            "snapshot", "restore", Saved, "--data-dir", _folder.At("second"), "--bump-revision", "1000000",
            "--mark-compacted");
        await using var restored = await StartAsync("second");
        using var second = GrpcChannel.ForAddress(restored.ClientUrl);
        using var watch = new Watch.WatchClient(second).Watch();
        await watch.RequestStream.WriteAsync(new WatchRequest
        {
            CreateRequest = new WatchCreateRequest { Key = ByteString.CopyFromUtf8("key-1"), StartRevision = 100 },
        });
        while (await watch.ResponseStream.MoveNext(Deadline.Default) && !watch.ResponseStream.Current.Canceled)
        {
        }

        alone.ExitCode.Should().Be(1);
        alone.StandardError.Should().Contain("--mark-compacted required if --bump-revision > 0");
        var revision = (await AllAsync(second)).Header.Revision;
        revision.Should().BeGreaterThan(1_000_000);
        watch.ResponseStream.Current.CompactRevision.Should().Be(revision);
    }

    [Fact]
    public async Task What_cannot_be_restored_is_refused_in_words_and_leaves_nothing_behind()
    {
        await using var store = await StartAsync("first");
        using var channel = GrpcChannel.ForAddress(store.ClientUrl);
        await PutAsync(channel, "key", "value");
        await StorectlAsync("--endpoints", store.Endpoint, "snapshot", "save", Saved);
        var bytes = await File.ReadAllBytesAsync(Saved);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(_folder.At("damaged"), bytes);
        await File.WriteAllTextAsync(_folder.At("text"), "this is no snapshot of anything");

        await RequireRefusedAsync("is refused at byte", "snapshot", "status", _folder.At("damaged"));
        await RequireRefusedAsync("no snapshot of a store", "snapshot", "status", _folder.At("text"));
        await RequireRefusedAsync("no such file", "snapshot", "status", _folder.At("nothing"));
        await RequireRefusedAsync("is refused at byte", Restoring("damaged"));
        await RequireRefusedAsync(
            "couldn't find local name \"other\"", [.. Restoring("saved"), "--name", "other"]);
        await RequireRefusedAsync(
            "give both the same", [.. Restoring("saved"), "--initial-advertise-peer-urls", "http://127.0.0.1:1"]);
        await RequireRefusedAsync(
            "not empty", "snapshot", "restore", Saved, "--data-dir", store.DataDirectory);
        Directory.Exists(_folder.At("second")).Should().BeFalse();
    }

    private string[] Restoring(string file) =>
        ["snapshot", "restore", _folder.At(file), "--data-dir", _folder.At("second")];

    private static async Task RequireRefusedAsync(string naming, params string[] words)
    {
        var ended = await StorectlAsync(words);
        ended.ExitCode.Should().Be(1);
        ended.StandardError.Should().Contain(naming).And.NotContain("   at ");
    }

    private Task<StoreServer> StartAsync(string folder) =>
        StoreServer.StartAsync(InnerStore.Program, _folder.At(folder), Deadline.In(TimeSpan.FromSeconds(60)));

    // History with overwritten, deleted and compacted changes, and a lease.
    private static async Task FillAsync(GrpcChannel channel)
    {
        await new Lease.LeaseClient(channel).LeaseGrantAsync(new LeaseGrantRequest { ID = 77, TTL = 3600 });
        foreach (var numbers in Enumerable.Range(0, Keys).Chunk(100))
        {
            await Task.WhenAll(numbers.Select(number =>
                PutAsync(channel, $"key-{number % 400}", $"value {number} ".PadRight(number % 500, '.'))));
        }

        var store = new KV.KVClient(channel);
        await store.DeleteRangeAsync(new DeleteRangeRequest { Key = ByteString.CopyFromUtf8("key-7") });
        await store.CompactAsync(new CompactionRequest { Revision = Keys / 2, Physical = true });
    }

    private static async Task PutAsync(GrpcChannel channel, string key, string value) =>
        await new KV.KVClient(channel).PutAsync(new PutRequest
        {
            Key = ByteString.CopyFrom(key, Encoding.UTF8),
            Value = ByteString.CopyFrom(value, Encoding.UTF8),
        });

    private static async Task<RangeResponse> AllAsync(GrpcChannel channel) =>
        await new KV.KVClient(channel).RangeAsync(new RangeRequest
        {
            Key = ByteString.CopyFrom(0),
            RangeEnd = ByteString.CopyFrom(0),
        });

    private static Task<BufferedCommandResult> StorectlAsync(params string[] words) =>
        RunAsync(BuiltPrograms.Require("storectl"), words);

    private static async Task<BufferedCommandResult> RunAsync(string program, params string[] words) =>
        await Cli.Wrap(program)
            .WithArguments(words)
            .WithEnvironmentVariables(variables => variables
                .Set("ETCDCTL_API", "3")
                .Set("ETCDCTL_DIAL_TIMEOUT", "20s")
                .Set("ETCDCTL_COMMAND_TIMEOUT", "30s"))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(Deadline.In(TimeSpan.FromSeconds(60)));
}
