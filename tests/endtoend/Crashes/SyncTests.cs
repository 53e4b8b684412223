using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Sync.Etcd.Api;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Crashes;

/// <summary>
/// A store whose <c>fdatasync</c> is slow, or fails: an answer waits for its write to be on disk. A killed process
/// cannot show that, since the kernel keeps what it wrote.
/// </summary>
[Trait("Category", "Long")]
public sealed class SyncTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(3));

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    [DebianFact("strace")]
    public async Task An_answer_waits_for_the_disk()
    {
        var url = NewUrl();
        await using var store = await StartAsync(url, "fdatasync:delay_exit=500000");
        using var channel = GrpcChannel.ForAddress(url);

        var began = Stopwatch.GetTimestamp();
        await PutAsync(channel, 1);

        // A bound from below, which a busy machine cannot break: the injected half second was waited for.
        Stopwatch.GetElapsedTime(began).Should().BeGreaterThan(TimeSpan.FromMilliseconds(500));
    }

    [DebianFact("strace")]
    public async Task A_sync_that_fails_ends_the_store_and_nothing_acknowledged_is_lost()
    {
        var url = NewUrl();
        var acknowledged = 0;
        await using (var store = await StartAsync(url, "fdatasync:error=EIO:when=60+"))
        {
            using var channel = GrpcChannel.ForAddress(url);
            var puts = async () =>
            {
                while (true)
                {
                    await PutAsync(channel, acknowledged + 1);
                    acknowledged++;
                }
            };

            await puts.Should().ThrowAsync<RpcException>();
            (await store.ExitCodeAsync(_limit)).Should().Be(1);
            store.Log.Lines.Should().Contain(line => line.Contains("fdatasync", StringComparison.Ordinal));
        }

        acknowledged.Should().BePositive();
        await using var again = await ServerProcess.StartAsync(
            StoreProgram.Ours.Executable, Words(url), Readiness.Answer(new Uri($"{url}/health")), _limit);
        using var reading = GrpcChannel.ForAddress(url);
        var kept = await new KV.KVClient(reading).RangeAsync(
            new RangeRequest { Key = ByteString.CopyFromUtf8("k") }, cancellationToken: _limit);

        // The put that was not answered may be there or not.
        int.Parse(kept.Kvs.Single().Value.ToStringUtf8(), CultureInfo.InvariantCulture)
            .Should().BeInRange(acknowledged, acknowledged + 1);
    }

    private static string NewUrl() => $"http://127.0.0.1:{FreePort.Take()}";

    private async Task PutAsync(ChannelBase channel, int value) =>
        await new KV.KVClient(channel).PutAsync(
            new PutRequest
            {
                Key = ByteString.CopyFromUtf8("k"),
                Value = ByteString.CopyFromUtf8(value.ToString(CultureInfo.InvariantCulture)),
            },
            cancellationToken: _limit);

    // With -D the tracer is the child: signals go to the store, and its exit code is the process's.
    private Task<ServerProcess> StartAsync(string url, string injection) => ServerProcess.StartAsync(
        DebianPrograms.Require("strace"),
        [
            "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", $"inject={injection}",
            StoreProgram.Ours.Executable, .. Words(url),
        ],
        Readiness.Answer(new Uri($"{url}/health")),
        _limit);

    private string[] Words(string url) => StoreServer.MemberArguments(url, NewUrl(), _folder.At("data"));
}
