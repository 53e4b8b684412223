using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Api;
using Sync.TestKit;
using static Sync.Conformance.Tests.Servers.ConformanceServer;

namespace Sync.Conformance.Tests.Upkeep;

/// <summary>What clients tell of their own version, of which servers before 3.5 take no notice.</summary>
[Collection(SharedServers.Name)]
public sealed class ClientVersionTests(RunningServers servers)
{
    [Fact]
    public async Task A_version_that_is_no_text_is_refused()
    {
        using var channel = await ChannelAsync();
        var metadata = new Metadata { { "client-api-version", "3.6\u00ff" } };

        await RefusedAsync(
            new KV.KVClient(channel).RangeAsync(new RangeRequest { Key = Text("version") }, metadata),
            StatusCode.InvalidArgument, "etcdserver: invalid client api version");
    }

    [Theory]
    [InlineData("3.6")]
    [InlineData("newest")]
    [InlineData("\u00c3\u00a9")]
    public async Task Any_text_is_a_version(string bytes)
    {
        using var channel = await ChannelAsync();
        var metadata = new Metadata { { "client-api-version", bytes } };

        var answer = await new KV.KVClient(channel).RangeAsync(
            new RangeRequest { Key = Text("version") }, metadata, cancellationToken: Deadline.Default);

        answer.Count.Should().Be(0);
    }

    // Sends each character of a header as one byte.
    private async Task<GrpcChannel> ChannelAsync()
    {
        var handler = new SocketsHttpHandler { UseProxy = false, RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1 };
        var server = await servers.OfAsync("store");
        return GrpcChannel.ForAddress(
            server.Server.ClientUrl, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
    }
}
