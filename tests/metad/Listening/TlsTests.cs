using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using CliWrap;
using CliWrap.Buffered;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Listening;

/// <summary>TLS of both ports: certificates, their change in place, clients' certificates, and what does not shake hands.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly TestCertificates _ours;

    public TlsTests() => _ours = new(_folder);

    public void Dispose()
    {
        _ours.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Both_ports_speak_tls_and_a_certificate_is_changed_in_place()
    {
        var (certificate, key) = _ours.WriteServer();
        await using var server = await MetadServer.StartBesideAsync(
            $"--tls_cert={certificate}", $"--tls_key={key}", $"--manage_tls_cert={certificate}", $"--manage_tls_key={key}");

        (await TlsClient.SendAsync(server.Port, "GET", "/")).Answer.Status.Should().Be(404);
        (await TlsClient.SendAsync(server.ManagePort, "GET", "/health")).Should()
            .Match<(RawAnswer Answer, string Server)>(seen => seen.Answer.Status == 200 && seen.Server == "CN=server");

        using var folder = Posix.PosixDirectory.Open(_folder.FullName);
        _ours.WriteServer("next");
        folder.Rename("next.crt", "server.crt");
        await UntilToldAsync(server, count: 1, serves: "CN=server");
        folder.Rename("next.key", "server.key");

        foreach (var port in new[] { server.Port, server.ManagePort })
        {
            await MetadServer.UntilAsync(async () => (await TlsClient.SendAsync(port, "GET", "/health")).Server == "CN=next");
        }

        await File.WriteAllTextAsync(certificate, "no certificate");
        await UntilToldAsync(server, count: 2, serves: "CN=next");
    }

    [Fact]
    public async Task Only_the_new_protocols_are_spoken()
    {
        await using var server = await StartAsync();

        foreach (var (protocol, isRefused) in new[]
        {
            (SslProtocols.Tls12, false),
            (SslProtocols.Tls13, false),
#pragma warning disable SYSLIB0039, CA5397 // The old protocols are what is refused.
            (SslProtocols.Tls11, true),
            (SslProtocols.Tls, true),
#pragma warning restore SYSLIB0039, CA5397
        })
        {
            (await TlsClient.IsRefusedAsync(server.ManagePort, certificate: null, protocol)).Should().Be(isRefused);
        }
    }

    [Fact]
    public async Task Who_does_not_shake_hands_holds_up_nobody()
    {
        await using var server = await StartAsync();
        var silent = new List<TcpClient>();
        for (var number = 0; number < 50; number++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, server.ManagePort);
            silent.Add(client);
        }

        (await TlsClient.SendAsync(server.ManagePort, "GET", "/health")).Answer.Status.Should().Be(200);

        var end = new byte[1];
        var read = await silent[0].GetStream().ReadAsync(end, Deadline.In(TimeSpan.FromSeconds(60)));
        read.Should().Be(0, "after its time the server hangs up");
        silent.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task A_plain_request_at_a_port_with_tls_is_not_answered()
    {
        await using var server = await StartAsync();

        var send = () => server.ManageAsync("GET", "/health");

        await send.Should().ThrowAsync<IOException>();
        (await TlsClient.SendAsync(server.ManagePort, "GET", "/health")).Answer.Status.Should().Be(200);
    }

    [Fact]
    public async Task Only_a_listed_certificate_of_the_authority_may_manage()
    {
        using var others = new TestCertificates(_folder, "Other authority");
        await using var server = await StartAsync(
            $"--manage_client_ca={_ours.AuthorityFile}", "--manage_client_names=admin,operator");

        foreach (var (which, certificate) in new[]
        {
            ("none", null),
            ("of another authority", others.Client("operator")),
            ("of another name", _ours.Client("intruder")),
            ("for servers", _ours.Client("operator", isForServers: true)),
            ("expired", _ours.Client("operator", daysFrom: -2, daysTo: -1)),
            ("not yet", _ours.Client("operator", daysFrom: 1, daysTo: 2)),
        })
        {
            (await TlsClient.IsRefusedAsync(server.ManagePort, certificate)).Should().BeTrue(which);
            certificate?.Dispose();
        }

        using var right = _ours.Client("operator");
        (await TlsClient.SendAsync(server.ManagePort, "GET", "/v1/data", right)).Answer.Status.Should().Be(200);
    }

    [Fact]
    public async Task With_tokens_beside_certificates_either_is_enough()
    {
        using var certificate = _ours.Client("operator");
        var tokens = Secrets.Write(_folder, "tokens", "a-token-of-sixteen-bytes\n");
        await using var server = await StartAsync(
            $"--manage_client_ca={_ours.AuthorityFile}", $"--manage_token_file={tokens}");

        (await StatusAsync(server)).Should().Be(401);
        (await StatusAsync(server, "Authorization: Bearer a-token-of-sixteen-bytes")).Should().Be(200);
        (await TlsClient.SendAsync(server.ManagePort, "GET", "/v1/data", certificate)).Answer.Status.Should().Be(200);
    }

    [Fact]
    public async Task Authorities_are_changed_in_place()
    {
        using var others = new TestCertificates(_folder, "Other authority");
        using var certificate = _ours.Client("operator");
        await using var server = await StartAsync($"--manage_client_ca={_ours.AuthorityFile}");
        (await TlsClient.IsRefusedAsync(server.ManagePort, certificate)).Should().BeFalse();

        File.Copy(others.AuthorityFile, _ours.AuthorityFile, overwrite: true);

        await MetadServer.UntilAsync(() => TlsClient.IsRefusedAsync(server.ManagePort, certificate));
    }

    // A file is looked at when it is used: the last good certificate is shown at each use until the problem is told.
    private static Task UntilToldAsync(MetadServer server, int count, string serves) =>
        MetadServer.UntilAsync(async () =>
        {
            (await TlsClient.SendAsync(server.Port, "GET", "/")).Server.Should().Be(serves);
            return server.Process.Log.Lines.Count(
                line => line.Contains("A changed file cannot be used", StringComparison.Ordinal)) >= count;
        });

    [Theory]
    [InlineData("expired", "which is not now")]
    [InlineData("not yet", "which is not now")]
    [InlineData("open key", "may be read by everybody")]
    [InlineData("other key", "cannot be used")]
    [InlineData("no file", "cannot be read")]
    public async Task A_certificate_that_cannot_be_used_ends_the_start(string which, string problem)
    {
        var (certificate, key) = which switch
        {
            "expired" => _ours.WriteServer("bad", daysFrom: -2, daysTo: -1),
            "not yet" => _ours.WriteServer("bad", daysFrom: 1, daysTo: 2),
            "open key" => _ours.WriteServer("bad", mode: UnixFileMode.UserRead | UnixFileMode.OtherRead),
            _ => _ours.WriteServer("bad"),
        };
        key = which == "other key" ? _ours.WriteServer("another").Key : which == "no file" ? _folder.At("none") : key;

        var result = await Cli.Wrap(BuiltPrograms.Require("metad"))
            .WithArguments([$"--listen=127.0.0.1:{FreePort.Take()}", $"--listen_manage=127.0.0.1:{FreePort.Take()}",
                $"--tls_cert={certificate}", $"--tls_key={key}"])
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Deadline.In(TimeSpan.FromSeconds(60)));

        result.ExitCode.Should().Be(1);
        result.StandardError.Should().StartWith("metad: ").And.Contain(problem);
    }

    private static async Task<int> StatusAsync(MetadServer server, params string[] headers) =>
        (await TlsClient.SendAsync(server.ManagePort, "GET", "/v1/data", certificate: null, SslProtocols.None, headers))
            .Answer.Status;

    private Task<MetadServer> StartAsync(params string[] arguments)
    {
        var (certificate, key) = _ours.WriteServer();
        return MetadServer.StartAsync([$"--manage_tls_cert={certificate}", $"--manage_tls_key={key}", .. arguments]);
    }
}
