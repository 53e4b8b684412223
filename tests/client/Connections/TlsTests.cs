using Grpc.Core;
using Sync.Etcd.Client.Connections;
using Sync.TestKit;

namespace Sync.Etcd.Client.Tests.Connections;

public sealed class TlsTests
{
    [DebianFact("etcd")]
    public async Task A_store_and_a_client_prove_themselves_to_each_other()
    {
        using var authority = new TestAuthority();
        using var directory = new TempDirectory();
        var port = FreePort.Take();
        await using var etcd = await StartAsync(authority, directory, port);
        var (certificateFile, keyFile) = authority.Sign("client");
        var trusting = new TlsFiles { AuthorityFile = authority.File };
        var options = EtcdFixture.OptionsFor($"127.0.0.1:{port}") with
        {
            DefaultScheme = EndpointScheme.Https,
            RequestTimeout = TimeSpan.FromSeconds(12),
        };

        using var known = new EtcdClient(options with
        {
            Tls = trusting with { CertificateFile = certificateFile, KeyFile = keyFile, ServerName = "store" },
            RequestTimeout = TimeSpan.FromSeconds(60),
        });
        using var nobody = new EtcdClient(options with { Tls = trusting });
        using var stranger = new EtcdClient(options);
        using var misled = new EtcdClient(options with
        {
            Tls = trusting with { CertificateFile = certificateFile, KeyFile = keyFile, ServerName = "other" },
        });

        (await known.PutAsync("a", "1", cancellation: Deadline.Default)).Should().Be(2);
        foreach (var client in new[] { nobody, stranger, misled })
        {
            var act = () => client.GetAsync("a", Deadline.Default);
            (await act.Should().ThrowAsync<RpcException>()).Which.StatusCode
                .Should().BeOneOf(StatusCode.Unavailable, StatusCode.Internal, StatusCode.DeadlineExceeded);
        }
    }

    private static Task<ServerProcess> StartAsync(TestAuthority authority, TempDirectory directory, int port)
    {
        var (certificateFile, keyFile) = authority.Sign("store");
        var peerUrl = $"http://127.0.0.1:{FreePort.Take()}";
        return ServerProcess.StartAsync(
            DebianPrograms.Require("etcd"),
            [
                "--data-dir", directory.At("data"),
                "--listen-client-urls", $"https://127.0.0.1:{port}",
                "--advertise-client-urls", $"https://127.0.0.1:{port}",
                "--listen-peer-urls", peerUrl,
                "--initial-advertise-peer-urls", peerUrl,
                "--initial-cluster", $"default={peerUrl}",
                "--cert-file", certificateFile,
                "--key-file", keyFile,
                "--trusted-ca-file", authority.File,
                "--client-cert-auth",
            ],
            Readiness.Port(port),
            Deadline.Default);
    }
}
