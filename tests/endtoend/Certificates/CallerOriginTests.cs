using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Client.Tests.Connections;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Certificates;

/// <summary>Members whose certificates are for certain hosts call from there.</summary>
public sealed class CallerOriginTests : OnOneAuthority
{
    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(2));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("10.99.99.99", "localhost")]
    [InlineData]
    public async Task Members_with_certificates_for_where_they_call_from_or_for_no_host_form_a_cluster(params string[] hosts)
    {
        var caller = Root.SignCaller("caller", hosts);
        var seats = ClusterSeat.Take(["m1", "m2"], peerScheme: "https");

        await AssertClusterAsync(seats, Flags(seats, caller));
    }

    [Fact]
    public async Task A_member_with_a_certificate_for_elsewhere_is_refused_and_both_sides_say_so()
    {
        var seats = ClusterSeat.Take(["m1", "m2"], peerScheme: "https");
        await using var first = await StartAsync(seats[0], Flags(seats, Root.SignCaller("first", "127.0.0.1")));
        await using var second = await StartAsync(seats[1], Flags(seats, Root.SignCaller("second", "10.99.99.99")));

        (await LineAsync(first, "rejected connection on peer endpoint from 127.0.0.1:")).Should().Contain(
            "Its certificate, CN=second issued by CN=test authority, is for 10.99.99.99 and not for 127.0.0.1, from where "
            + "it calls; give it one for that address or for a name that leads there, or take members from everywhere with "
            + "--peer-skip-client-san-verification.");
        (await LineAsync(second, "takes no messages: The connection was closed"))
            .Should().Contain("CN=second issued by CN=test authority; then its log says why.");
    }

    [Fact]
    public async Task Members_with_certificates_for_elsewhere_form_a_cluster_where_that_is_not_looked_at()
    {
        var caller = Root.SignCaller("caller", "10.99.99.99");
        var seats = ClusterSeat.Take(["m1", "m2"], peerScheme: "https");

        await AssertClusterAsync(seats, [.. Flags(seats, caller), "--peer-skip-client-san-verification"]);
    }

    [Fact]
    public async Task A_client_may_call_from_everywhere()
    {
        var port = FreePort.Take();
        await using var store = await StartAsync(
            port, Root.Sign("store"), _limit, "--client-cert-auth", "--trusted-ca-file", Root.File);

        await using var visit = await TlsVisit.ConnectAsync(port, _limit, Root.SignCaller("client", "10.99.99.99"));

        (await visit.IsAnsweredAsync(_limit)).Should().BeTrue();
    }

    // Both answer /health, so each has heard a leader.
    private async Task AssertClusterAsync(IReadOnlyList<ClusterSeat> seats, IReadOnlyList<string> flags)
    {
        var members = await Task.WhenAll(seats.Select(seat =>
            StoreServer.StartMemberAsync(InnerStore.Program, seat, Folder.At(seat.Name), flags, _limit)));
        foreach (var member in members)
        {
            await member.DisposeAsync();
        }
    }

    private Task<ServerProcess> StartAsync(ClusterSeat seat, IReadOnlyList<string> flags) => ServerProcess.StartAsync(
        StoreProgram.Ours.Executable,
        [.. seat.Arguments(Folder.At(seat.Name)), .. flags],
        Readiness.Port(seat.PeerUrl.Port),
        _limit);

    private Task<string> LineAsync(ServerProcess store, string text) =>
        store.Log.WaitForAsync(line => line.Contains(text, StringComparison.Ordinal), _limit);

    private string[] Flags(IReadOnlyList<ClusterSeat> seats, (string Certificate, string Key) caller)
    {
        var (server, serverKey) = Root.Sign("server", [TestAuthority.ForServers]);
        return
        [
            "--initial-cluster", string.Join(',', seats.Select(seat => seat.Entry)),
            "--peer-cert-file", server, "--peer-key-file", serverKey,
            "--peer-client-cert-file", caller.Certificate, "--peer-client-key-file", caller.Key,
            "--peer-client-cert-auth", "--peer-trusted-ca-file", Root.File,
        ];
    }
}
