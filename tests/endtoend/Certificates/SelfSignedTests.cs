using System.Security.Cryptography.X509Certificates;
using Sync.Conformance.Tests.Servers;
using Sync.EndToEnd.Tests.Clusters;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Certificates;

/// <summary>A store that makes its certificates itself.</summary>
public sealed class SelfSignedTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(2));

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    [DebianFact("etcdctl")]
    public async Task A_store_makes_a_certificate_once_and_clients_that_trust_it_are_served()
    {
        var port = FreePort.Take();
        var file = _folder.At("data", "fixtures", "client", "cert.pem");
        await using (await StartAsync(port))
        {
            foreach (var program in new[] { BuiltPrograms.Require("storectl"), DebianPrograms.Require("etcdctl") })
            {
                var control = new ControlProgram(program, $"https://127.0.0.1:{port}");
                (await control.RunAsync(_limit, "--cacert", file, "put", "k", "v")).Should().Equal("OK");
            }

            File.GetUnixFileMode(_folder.At("data", "fixtures", "client", "key.pem"))
                .Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
            certificate.Subject.Should().Be("O=etcd");
            certificate.MatchesHostname("127.0.0.1").Should().BeTrue();
            (certificate.NotAfter - certificate.NotBefore).Should().Be(TimeSpan.FromDays(2 * 365));
        }

        var made = await File.ReadAllTextAsync(file, _limit);
        await using (await StartAsync(port))
        {
            (await File.ReadAllTextAsync(file, _limit)).Should().Be(made);
        }
    }

    [Fact]
    public async Task Members_that_make_their_certificates_form_a_cluster()
    {
        var seats = ClusterSeat.Take(["m1", "m2"], peerScheme: "https");
        string[] flags = ["--initial-cluster", string.Join(',', seats.Select(seat => seat.Entry)), "--peer-auto-tls"];

        var members = await Task.WhenAll(seats.Select(seat =>
            StoreServer.StartMemberAsync(InnerStore.Program, seat, _folder.At(seat.Name), flags, _limit)));

        foreach (var member in members)
        {
            File.Exists(Path.Combine(member.DataDirectory, "fixtures", "peer", "cert.pem")).Should().BeTrue();
            await member.DisposeAsync();
        }
    }

    private Task<StoreServer> StartAsync(int port) => StoreServer.StartMemberAsync(
        InnerStore.Program,
        new ClusterSeat("m1", new Uri($"https://127.0.0.1:{port}"), new Uri($"http://127.0.0.1:{FreePort.Take()}")),
        _folder.At("data"),
        ["--auto-tls", "--self-signed-cert-validity", "2"],
        _limit,
        Readiness.Port(port));
}
