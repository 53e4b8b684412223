using Sync.EndToEnd.Tests.Programs;
using Sync.Etcd.Client.Tests.Connections;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Certificates;

/// <summary>Certificates that their authority has revoked are not taken.</summary>
public sealed class RevocationTests : OnOneAuthority
{
    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(2));
    private readonly int _port = FreePort.Take();

    [Fact]
    public async Task A_client_whose_certificate_is_revoked_while_the_store_runs_is_refused_from_then_on()
    {
        var (first, second) = (Root.Sign("first"), Root.Sign("second"));
        var list = Folder.Write("revoked.pem", Root.Revoke());
        await using var store = await StartAsync(list);
        (await IsAnsweredAsync(first)).Should().BeTrue();

        Folder.Write("revoked.pem", Root.Revoke(first.CertificateFile));

        (await IsAnsweredAsync(first)).Should().BeFalse();
        (await IsAnsweredAsync(second)).Should().BeTrue();
        (await store.Log.WaitForAsync(line => line.Contains("rejected connection", StringComparison.Ordinal), _limit))
            .Should().Contain("Its certificate, CN=first issued by CN=test authority, was revoked by its issuer.");
    }

    [Fact]
    public async Task Who_is_below_a_revoked_authority_is_refused_and_so_is_whom_that_authority_revoked()
    {
        using var between = Root.NewIntermediate();
        using var other = Root.NewIntermediate();
        var (below, revoked, good) = (between.Sign("below"), other.Sign("revoked"), other.Sign("good"));
        var list = Folder.Write(
            "revoked.pem", $"{Root.Revoke(between.OwnFile)}\n{other.Revoke(revoked.CertificateFile)}\n");
        await using var store = await StartAsync(list);

        (await IsAnsweredAsync(below)).Should().BeFalse();
        (await IsAnsweredAsync(revoked)).Should().BeFalse();
        (await IsAnsweredAsync(good)).Should().BeTrue();
        await store.Log.WaitForAsync(
            line => line.Contains("is below CN=authority between, which was revoked by its", StringComparison.Ordinal),
            _limit);
    }

    [Fact]
    public async Task A_store_whose_list_is_none_or_is_signed_by_another_does_not_start()
    {
        using var other = new TestAuthority();
        var own = Root.Sign("member");

        foreach (var (text, fault) in new[]
            {
                ("nothing", "holds no list of revoked certificates"),
                (other.Revoke(), "has a list of CN=test authority that it has not signed"),
            })
        {
            var list = Folder.Write("revoked.pem", text);
            var ended = await EndMemberAsync(own, list);

            ended.Should().BeFailure(naming: $"{list} {fault}");
        }
    }

    [Fact]
    public async Task A_member_whose_own_certificate_is_revoked_does_not_start()
    {
        var own = Root.Sign("member");

        var ended = await EndMemberAsync(own, Folder.Write("revoked.pem", Root.Revoke(own.CertificateFile)));

        ended.Should().BeFailure(naming: "(CN=member issued by CN=test authority) was revoked by its issuer");
    }

    private async Task<bool> IsAnsweredAsync((string Certificate, string Key) own)
    {
        await using var visit = await TlsVisit.ConnectAsync(_port, _limit, own);
        return await visit.IsAnsweredAsync(_limit);
    }

    private Task<EndedProgram> EndMemberAsync((string Certificate, string Key) own, string list) => EndedProgram.OfMemberAsync(
        ClusterSeat.Take(["m1"], peerScheme: "https")[0],
        Folder.At("data"),
        [
            "--peer-cert-file", own.Certificate, "--peer-key-file", own.Key, "--peer-client-cert-auth",
            "--peer-trusted-ca-file", Root.File, "--peer-crl-file", list,
        ],
        _limit);

    private Task<ServerProcess> StartAsync(string list) => StartAsync(
        _port, Root.Sign("store"), _limit, "--client-cert-auth", "--trusted-ca-file", Root.File, "--client-crl-file", list);
}
