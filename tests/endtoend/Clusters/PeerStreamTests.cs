using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using Sync.Conformance.Tests.Servers;
using Sync.Peers.Api;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>Streams of the peer port are taken only from the member that has introduced itself on their connection.</summary>
public sealed class PeerStreamTests : IDisposable
{
    private const ulong Caller = 0x77;

    private readonly TempDirectory _folder = new();
    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(1));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_stream_of_nobody_or_of_another_member_than_was_introduced_is_refused()
    {
        await using var store = await StoreServer.StartAsync(InnerStore.Program, _folder.At("data"), _limit);
        using var channel = GrpcChannel.ForAddress(store.PeerUrl);
        var client = new Peer.PeerClient(channel);
        var strange = () => WelcomeAsync(client, Caller);
        (await strange.Should().ThrowAsync<RpcException>()).Which.StatusCode.Should().Be(StatusCode.Unauthenticated);

        await client.IntroduceAsync(await IntroductionAsync(store), cancellationToken: _limit);

        await WelcomeAsync(client, Caller);
        var another = () => WelcomeAsync(client, Caller + 1);
        (await another.Should().ThrowAsync<RpcException>()).Which.Status.Detail
            .Should().Be("the member 78 has not introduced itself on this connection");
    }

    private async Task WelcomeAsync(Peer.PeerClient client, ulong member)
    {
        var headers = new Metadata { { "sync-member", member.ToString("x", CultureInfo.InvariantCulture) } };
        using var call = client.Exchange(headers, cancellationToken: _limit);
        (await call.ResponseStream.MoveNext(_limit)).Should().BeTrue();
    }

    private async Task<Introduction> IntroductionAsync(StoreServer store)
    {
        using var http = new HttpClient();
        using var members = await http.GetAsync(new Uri(store.PeerUrl, "members"), _limit);
        var cluster = members.Headers.GetValues("X-Etcd-Cluster-ID").Single();
        return new Introduction
        {
            Protocol = 2,
            Group = 1,
            Incarnation = 1,
            ClusterId = ulong.Parse(cluster, NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            MemberId = Caller,
            Name = "caller",
        };
    }
}
