using Sync.Conformance.Tests.Servers;
using Sync.EndToEnd.Tests.Programs;
using Sync.Etcd.Client.Tests.Connections;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Certificates;

/// <summary>Whoever shows, or has, a certificate that is not taken: a sentence says what is wrong with it.</summary>
public sealed class RefusedCertificateTests : OnOneAuthority
{
    private const string Ended = "expired on ";

    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(3));

    [Fact]
    public async Task A_client_that_is_refused_is_told_of_with_its_address_and_the_reason()
    {
        using var other = new TestAuthority();
        var port = FreePort.Take();
        await using var store = await StartAsync(
            port, Root.Sign("store"), _limit, "--client-cert-auth", "--trusted-ca-file", Root.File);

        foreach (var (own, reason) in new ((string, string)?, string)[]
            {
                (null, "It shows no certificate."),
                (other.Sign("stranger"), "CN=stranger issued by CN=test authority, is not of the authorities in "
                    + $"--trusted-ca-file {Root.File}."),
                (Root.Sign("late", minutesTo: 30), Ended),
                (Root.Sign("server", [TestAuthority.ForServers]), "is not for clients, which its extended key usage "
                    + "leaves out"),
            })
        {
            await using var visit = await TlsVisit.ConnectAsync(port, _limit, own);
            (await visit.IsAnsweredAsync(_limit)).Should().BeFalse();

            (await LineAsync(store, reason)).Should().Contain("rejected connection on client endpoint from 127.0.0.1:");
        }

        await using var welcome = await TlsVisit.ConnectAsync(port, _limit, Root.Sign("client"));
        (await welcome.IsAnsweredAsync(_limit)).Should().BeTrue();
    }

    [Fact]
    public async Task A_member_that_is_refused_and_the_one_that_refuses_both_say_so()
    {
        using var other = new TestAuthority();
        var (ours, theirs) = (await File.ReadAllTextAsync(Root.File, _limit), await File.ReadAllTextAsync(other.File, _limit));
        var both = Folder.Write("both.pem", $"{ours}\n{theirs}\n");
        var seats = ClusterSeat.Take(["m1", "m2"], peerScheme: "https");
        await using var first = await StartMemberAsync(seats, 0, Root.Sign("first"), Root.File);
        await using var second = await StartMemberAsync(seats, 1, other.Sign("second"), both);

        (await LineAsync(first, "rejected connection on peer endpoint"))
            .Should().Contain("CN=second issued by CN=test authority, is not of the authorities in --peer-trusted-ca-file");
        (await LineAsync(second, "takes no messages: The connection was closed"))
            .Should().Contain("CN=second issued by CN=test authority; then its log says why.");
    }

    [Fact]
    public async Task A_member_whose_other_member_has_a_certificate_for_another_host_is_told_so()
    {
        var seats = ClusterSeat.Take(["m1", "m2"], peerScheme: "https");
        await using var first = await StartMemberAsync(seats, 0, Root.Sign("elsewhere", isForLoopback: false), Root.File);

        var ended = await EndedProgram.OfMemberAsync(
            seats[1],
            Folder.At("m2"),
            ["--initial-cluster", string.Join(',', seats.Select(seat => seat.Entry)), .. PeerFlags(Root.Sign("m2"), Root.File)],
            _limit);

        ended.Should().BeFailure(naming: $"The member at {seats[0].PeerUrl.OriginalString} refuses this one. Its certificate, "
            + "CN=elsewhere issued by CN=test authority, is for another name than that in its peer URL.");
    }

    [Theory]
    [InlineData(TestAuthority.ForServers, "is not for clients")]
    [InlineData(TestAuthority.ForClients, "is not for servers")]
    public async Task A_member_whose_certificate_has_not_both_purposes_does_not_start(string purpose, string fault)
    {
        var (certificate, key) = Root.Sign("member", [purpose]);
        var seat = ClusterSeat.Take(["m1"], peerScheme: "https")[0];

        var ended = await EndedProgram.OfMemberAsync(
            seat, Folder.At("data"), PeerFlags((certificate, key), Root.File), _limit);

        ended.Should().BeFailure(naming: $"The certificate {certificate} (CN=member issued by CN=test authority) {fault}");
    }

    [Fact]
    public async Task Members_may_call_with_other_certificates_than_they_serve_with()
    {
        var seats = ClusterSeat.Take(["m1", "m2"], peerScheme: "https");
        var (caller, callerKey) = Root.Sign("caller", [TestAuthority.ForClients]);
        string[] flags =
        [
            "--initial-cluster", string.Join(',', seats.Select(seat => seat.Entry)),
            .. PeerFlags(Root.Sign("server", [TestAuthority.ForServers]), Root.File),
            "--peer-client-cert-file", caller, "--peer-client-key-file", callerKey,
        ];

        var members = await Task.WhenAll(seats.Select(seat =>
            StoreServer.StartMemberAsync(InnerStore.Program, seat, Folder.At(seat.Name), flags, _limit)));

        // Both answer /health, so each has heard a leader.
        foreach (var member in members)
        {
            await member.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_store_with_certificates_that_have_ended_says_so_and_serves_who_does_not_look()
    {
        var port = FreePort.Take();
        var seat = new ClusterSeat(
            "m1", new Uri($"https://127.0.0.1:{port}"), new Uri($"https://127.0.0.1:{FreePort.Take()}"));
        var late = Root.Sign("late", minutesTo: 30);
        var peer = Root.Sign("peer", minutesTo: 30);
        await using var store = await ServerProcess.StartAsync(
            StoreProgram.Ours.Executable,
            [
                .. seat.Arguments(Folder.At("data")), "--cert-file", late.CertificateFile, "--key-file", late.KeyFile,
                .. PeerFlags(peer, Root.File),
            ],
            Readiness.Port(port),
            _limit);

        (await LineAsync(store, "CN=late"))
            .Should().Contain(Ended).And.Contain("clients that check it refuse it");
        (await LineAsync(store, "CN=peer"))
            .Should().Contain(Ended).And.Contain("other members that check it refuse it");
        await using var visit = await TlsVisit.ConnectAsync(port, _limit);
        (await visit.IsAnsweredAsync(_limit)).Should().BeTrue();
    }

    private Task<string> LineAsync(ServerProcess store, string text) =>
        store.Log.WaitForAsync(line => line.Contains(text, StringComparison.Ordinal), _limit);

    private static string[] PeerFlags((string Certificate, string Key) own, string trusted) =>
    [
        "--peer-cert-file", own.Certificate, "--peer-key-file", own.Key, "--peer-client-cert-auth",
        "--peer-trusted-ca-file", trusted,
    ];

    private Task<ServerProcess> StartMemberAsync(
        IReadOnlyList<ClusterSeat> seats, int place, (string Certificate, string Key) own, string trusted) =>
        ServerProcess.StartAsync(
            StoreProgram.Ours.Executable,
            [
                .. seats[place].Arguments(Folder.At(seats[place].Name)),
                "--initial-cluster", string.Join(',', seats.Select(seat => seat.Entry)),
                .. PeerFlags(own, trusted),
            ],
            Readiness.Port(seats[place].PeerUrl.Port),
            _limit);
}
