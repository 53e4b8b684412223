using Sync.EndToEnd.Tests.Clusters;
using Sync.Etcd.Client.Tests.Connections;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Programs;

/// <summary>A store and its clients, each of which trusts a root and shows a certificate some steps below it.</summary>
public sealed class CertificateTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly TestAuthority _root = new();
    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(2));

    /// <inheritdoc/>
    public void Dispose()
    {
        _root.Dispose();
        _folder.Dispose();
    }

    [DebianFact("etcdctl")]
    public async Task Clients_that_trust_the_root_alone_reach_a_store_below_an_intermediate_authority()
    {
        using var between = _root.NewIntermediate();
        var url = $"https://127.0.0.1:{FreePort.Take()}";
        await using var store = await StartAsync(url, between.Sign("store"));
        var (certificate, key) = between.Sign("client");
        string[] shown = ["--cacert", _root.File, "--cert", certificate, "--key", key];
        var etcdctl = new ControlProgram(DebianPrograms.Require("etcdctl"), url);
        var storectl = new ControlProgram(BuiltPrograms.Require("storectl"), url);

        foreach (var (program, value) in new[] { (etcdctl, "1"), (storectl, "2") })
        {
            await program.RunAsync(_limit, [.. shown, "put", "k", value]);
            (await program.RunAsync(_limit, [.. shown, "get", "k"])).Should().Equal("k", value);
        }

        (await etcdctl.TryAsync(_limit, "--cacert", _root.File, "put", "k", "nobody's")).ExitCode.Should().NotBe(0);
        (await storectl.RunAsync(_limit, [.. shown, "get", "k"])).Should().Equal("k", "2");
    }

    private Task<ServerProcess> StartAsync(string url, (string Certificate, string Key) own)
    {
        var peerUrl = $"http://127.0.0.1:{FreePort.Take()}";
        return ServerProcess.StartAsync(
            StoreProgram.Ours.Executable,
            [
                "--data-dir", _folder.At("data"), "--listen-client-urls", url, "--advertise-client-urls", url,
                "--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl,
                "--initial-cluster", $"default={peerUrl}", "--cert-file", own.Certificate, "--key-file", own.Key,
                "--client-cert-auth", "--trusted-ca-file", _root.File,
            ],
            Readiness.Port(new Uri(url).Port),
            _limit);
    }
}
