using System.Net.Security;
using System.Security.Authentication;
using Sync.Conformance.Tests.Servers;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Certificates;

/// <summary>Which versions of TLS a port speaks, and with which cipher suites.</summary>
public sealed class TlsVersionTests : OnOneAuthority
{
    private const TlsCipherSuite Chosen = TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;

    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(1));
    private readonly int _port = FreePort.Take();

    [Fact]
    public async Task A_store_with_a_newest_version_speaks_no_newer_one()
    {
        await using var store = await StartAsync("--tls-max-version", "TLS1.2");

        await using var visit = await TlsVisit.ConnectAsync(_port, _limit);
        visit.Agreed.Protocol.Should().Be(SslProtocols.Tls12);
    }

    [Fact]
    public async Task A_store_with_an_oldest_version_refuses_older_ones()
    {
        await using var store = await StartAsync("--tls-min-version", "TLS1.3");

        await using var visit = await TlsVisit.ConnectAsync(_port, _limit);
        visit.Agreed.Protocol.Should().Be(SslProtocols.Tls13);
        var older = () => TlsVisit.ConnectAsync(_port, _limit, protocols: SslProtocols.Tls12);
        await older.Should().ThrowAsync<AuthenticationException>();
    }

    [Fact]
    public async Task A_cipher_suite_counts_for_the_older_version_and_leaves_the_newer_one_alone()
    {
        await using var store = await StartAsync("--cipher-suites", Chosen.ToString());

        await using var older = await TlsVisit.ConnectAsync(_port, _limit, protocols: SslProtocols.Tls12);
        await using var newer = await TlsVisit.ConnectAsync(_port, _limit);

        older.Agreed.Suite.Should().Be(Chosen);
        newer.Agreed.Protocol.Should().Be(SslProtocols.Tls13);
        (await newer.IsAnsweredAsync(_limit)).Should().BeTrue();
    }

    private Task<StoreServer> StartAsync(params string[] flags)
    {
        var (certificate, key) = Root.Sign("store");
        return StoreServer.StartMemberAsync(
            InnerStore.Program,
            new ClusterSeat("m1", new Uri($"https://127.0.0.1:{_port}"), new Uri($"http://127.0.0.1:{FreePort.Take()}")),
            Folder.At("data"),
            ["--cert-file", certificate, "--key-file", key, .. flags],
            _limit,
            Readiness.Port(_port));
    }
}
