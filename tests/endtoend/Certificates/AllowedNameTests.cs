using Sync.Conformance.Tests.Servers;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Certificates;

/// <summary>Of the certificates of one authority only those with certain names are taken.</summary>
public sealed class AllowedNameTests : OnOneAuthority
{
    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(2));

    [Fact]
    public async Task A_client_whose_certificate_is_for_another_host_is_refused()
    {
        var port = FreePort.Take();
        await using var store = await StartAsync(
            port, Root.Sign("store"), _limit,
            "--trusted-ca-file", Root.File, "--client-cert-allowed-hostname", "one.test,two.test");

        await using var second = await TlsVisit.ConnectAsync(port, _limit, Root.Sign("two.test"));
        (await second.IsAnsweredAsync(_limit)).Should().BeTrue();
        await using var third = await TlsVisit.ConnectAsync(port, _limit, Root.Sign("three.test"));
        (await third.IsAnsweredAsync(_limit)).Should().BeFalse();

        (await store.Log.WaitForAsync(line => line.Contains("rejected connection", StringComparison.Ordinal), _limit))
            .Should().Contain("CN=three.test issued by CN=test authority, is not for the host that "
                + "--client-cert-allowed-hostname asks for, one.test or two.test.");
    }

    [Theory]
    [InlineData("--peer-cert-allowed-cn", "has not the common name that --peer-cert-allowed-cn asks for, member.")]
    [InlineData("--peer-cert-allowed-hostname", "is not for the host that --peer-cert-allowed-hostname asks for, member.")]
    public async Task Members_with_the_name_form_a_cluster_and_who_has_another_is_refused(string flag, string reason)
    {
        var seats = ClusterSeat.Take(["m1", "m2"], peerScheme: "https");
        string[] flags =
        [
            "--initial-cluster", string.Join(',', seats.Select(seat => seat.Entry)),
            .. PeerFlags(Root.Sign("member")), flag, "member",
        ];
        var second = StoreServer.StartMemberAsync(InnerStore.Program, seats[1], Folder.At("m2"), flags, _limit);
        await using var first = await ServerProcess.StartAsync(
            StoreProgram.Ours.Executable,
            [.. seats[0].Arguments(Folder.At("m1")), .. flags],
            Readiness.Answer(new Uri(seats[0].ClientUrl, "health")),
            _limit);
        await using (await second)
        {
            await using var visit = await TlsVisit.ConnectAsync(seats[0].PeerUrl.Port, _limit, Root.Sign("stranger"));
            (await visit.IsAnsweredAsync(_limit)).Should().BeFalse();
        }

        (await first.Log.WaitForAsync(line => line.Contains("rejected connection", StringComparison.Ordinal), _limit))
            .Should().Contain($"CN=stranger issued by CN=test authority, {reason}");
    }

    private string[] PeerFlags((string Certificate, string Key) own) =>
    [
        "--peer-cert-file", own.Certificate, "--peer-key-file", own.Key, "--peer-client-cert-auth",
        "--peer-trusted-ca-file", Root.File,
    ];
}
