using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Sync.Etcd.Api;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Programs;

/// <summary>The store ends in order when it is asked to.</summary>
public sealed class StoreShutdownTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_ends_it_with_0_and_its_watches_with_it(string signal)
    {
        await using var server = await StoreServer.StartAsync(StoreProgram.Ours, _directory.At("member"), Limit);
        using var channel = GrpcChannel.ForAddress(server.ClientUrl);
        using var watch = new Watch.WatchClient(channel).Watch(cancellationToken: Limit);
        await watch.RequestStream.WriteAsync(
            new WatchRequest { CreateRequest = new WatchCreateRequest { Key = ByteString.CopyFromUtf8("key") } }, Limit);
        (await watch.ResponseStream.MoveNext(Limit)).Should().BeTrue();
        var next = watch.ResponseStream.MoveNext(Limit);

        await server.Process.SignalAsync(signal);

        var ended = await FluentActions.Awaiting(() => next).Should().ThrowAsync<RpcException>();
        ended.Which.Status.Detail.Should().Be("etcdserver: server stopped");
        watch.Dispose();
        (await server.Process.ExitCodeAsync(Limit)).Should().Be(0, server.Process.Log.Tail(count: 20));
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private static CancellationToken Limit => Deadline.In(TimeSpan.FromSeconds(60));
}
