using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Net.Client;
using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Api;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Programs;

/// <summary>What cannot work is told at once: one sentence that names the thing, on stderr, and an exit code.</summary>
public sealed class BadInputTests : IDisposable
{
    private const int BadConfiguration = 1;
    private const int Usage = 2;

    // Kept for documents, so no machine has it. Source: RFC 5737.
    private const string Elsewhere = "192.0.2.1:2379";
    private const string ElsewhereUrl = $"http://{Elsewhere}";

    // The limit of a program that should end at once, on a machine that does much else.
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new();

    [Theory]
    [InlineData("store", "--no-such-flag")]
    [InlineData("metad", "--no-such-flag")]
    [InlineData("confd", "-no-such-flag")]
    [InlineData("storectl", "--no-such-flag")]
    [InlineData("storectl", "no-such-command")]
    public async Task An_unknown_word_on_the_command_line_is_named(string program, string word)
    {
        var ended = await RunAsync(program, word);

        ended.Errors.Should().Contain(word.TrimStart('-'));
        ended.ExitCode.Should().Be(program == "storectl" ? 1 : Usage);
    }

    [Theory]
    [InlineData("--listen-client-urls", "127.0.0.1:2379")]
    [InlineData("--listen-client-urls", "http://nowhere.invalid:port")]
    [InlineData("--snapshot-count", "many")]
    [InlineData("--log-level", "loud")]
    public async Task A_bad_value_of_a_flag_of_the_store_names_the_flag(string flag, string value)
    {
        var ended = await RunAsync("store", "--data-dir", _directory.At("member"), flag, value);

        ended.Errors.Should().Contain(flag.TrimStart('-')).And.NotContain("   at ");
        ended.ExitCode.Should().BeOneOf(BadConfiguration, Usage);
    }

    [Fact]
    public async Task A_number_that_is_none_is_told_by_storectl_in_etcdctls_words()
    {
        var ended = await RunAsync("storectl", "get", "k", "--limit", "1", "--limit", "many");

        ended.Should().BeFailure(
            naming: "Error: invalid argument \"many\" for \"--limit\" flag: strconv.ParseInt: parsing \"many\": invalid syntax");
    }

    [Fact]
    public async Task A_port_that_is_in_use_is_named_by_the_store()
    {
        using var listener = Listen();
        var url = $"http://{listener.LocalEndpoint}";

        var ended = await RunAsync("store", StoreArguments(url));

        ended.Should().BeFailure(naming: listener.LocalEndpoint.ToString()!);
        LastLine(ended).Should().Be(
            $"store: --listen-client-urls: {url} is in use. Stop the program that listens there, or choose another address.");
    }

    [Fact]
    public async Task A_peer_port_that_is_in_use_is_named_with_its_flag()
    {
        using var listener = Listen();
        var peerUrl = $"http://{listener.LocalEndpoint}";

        var ended = await RunAsync("store", StoreArguments($"http://127.0.0.1:{FreePort.Take()}", peerUrl));

        ended.Should().BeFailure(naming: $"--listen-peer-urls: {peerUrl} is in use");
    }

    [Fact]
    public async Task A_port_that_is_in_use_is_named_by_metad()
    {
        using var listener = Listen();

        var ended = await RunAsync(
            "metad", "--listen", listener.LocalEndpoint.ToString()!, "--listen_manage", $"127.0.0.1:{FreePort.Take()}");

        ended.Should().BeFailure(naming: listener.LocalEndpoint.ToString()!);
        LastLine(ended).Should().StartWith($"metad: --listen: {listener.LocalEndpoint}: address already in use; stop the program");
    }

    [Fact]
    public async Task An_address_of_another_machine_is_named_by_the_store()
    {
        var ended = await RunAsync("store", StoreArguments(ElsewhereUrl));

        ended.ExitCode.Should().Be(BadConfiguration);
        ended.Errors.Should().NotContain("   at ");
        LastLine(ended).Should().Be(
            $"store: --listen-client-urls: {ElsewhereUrl} is no address of this machine. Name one that it has, or 0.0.0.0 for "
            + "all of them.");
    }

    [Theory]
    [InlineData("--listen", "--listen_manage")]
    [InlineData("--listen_manage", "--listen")]
    public async Task An_address_of_another_machine_is_named_by_metad(string flag, string otherFlag)
    {
        var ended = await RunAsync("metad", flag, Elsewhere, otherFlag, $"127.0.0.1:{FreePort.Take()}");

        ended.ExitCode.Should().Be(BadConfiguration);
        ended.Errors.Should().NotContain("   at ");
        LastLine(ended).Should().Be(
            $"metad: {flag}: {Elsewhere} is no address of this machine: name one that it has, or none, as in :8080, for all of "
            + "them.");
    }

    [NamespaceFact("unshare", "setpriv")]
    public async Task A_port_that_the_user_may_not_open_is_named_by_the_store()
    {
        var ended = await RunWithoutPortsAsync("store", StoreArguments("http://0.0.0.0:79"));

        ended.ExitCode.Should().Be(BadConfiguration);
        ended.Errors.Should().NotContain("   at ");
        LastLine(ended).Should().Be(
            "store: --listen-client-urls: http://0.0.0.0:79 may not be opened by this user. Choose a port from 1024 on, or "
            + "give the program CAP_NET_BIND_SERVICE.");
    }

    [NamespaceFact("unshare", "setpriv")]
    public async Task The_port_that_metad_takes_by_itself_is_named_to_users_that_may_not_open_it()
    {
        var ended = await RunWithoutPortsAsync("metad");

        ended.ExitCode.Should().Be(BadConfiguration);
        ended.Errors.Should().NotContain("   at ");
        LastLine(ended).Should().Be(
            "metad: --listen: :80 may not be opened by this user: choose a port from 1024 on, such as :8080, or give the "
            + "program CAP_NET_BIND_SERVICE.");
    }

    [Fact]
    public async Task A_socket_in_a_missing_folder_is_named_by_metad()
    {
        var socket = $"unix:{_directory.At("nowhere/metad.sock")}";

        var ended = await RunAsync("metad", "--listen", socket, "--listen_manage", $"127.0.0.1:{FreePort.Take()}");

        ended.ExitCode.Should().Be(BadConfiguration);
        ended.Errors.Should().NotContain("   at ");
        LastLine(ended).Should().StartWith($"metad: --listen: {socket} cannot be made: its folder must be there");
    }

    [Fact]
    public async Task A_version_below_that_of_the_data_is_refused_with_the_way_down()
    {
        await StopWithWritesAsync();

        var ended = await RunAsync(
            "store", [.. StoreArguments($"http://127.0.0.1:{FreePort.Take()}"), "--etcd-version", "3.5.21"]);

        ended.Should().BeFailure(naming: "invalid downgrade; server version is lower than determined cluster version");
        LastLine(ended).Should().Contain("downgrade enable 3.5.0");
    }

    [Fact]
    public async Task A_data_directory_that_is_a_file_is_named()
    {
        var file = _directory.Write("member", "no directory");

        var ended = await RunAsync("store", StoreArguments($"http://127.0.0.1:{FreePort.Take()}"));

        ended.Should().BeFailure(naming: file);
        (await File.ReadAllTextAsync(file)).Should().Be("no directory");
    }

    [Fact]
    public async Task A_data_directory_of_etcd_is_refused()
    {
        _directory.Write("member/member/snap/db", "etcd's own");

        var ended = await RunAsync("store", StoreArguments($"http://127.0.0.1:{FreePort.Take()}"));

        ended.Should().BeFailure(naming: _directory.At("member"));
    }

    [Fact]
    public async Task A_data_directory_that_another_process_uses_is_refused()
    {
        await using var first = await StoreServer.StartAsync(
            InnerStore.Program, _directory.At("member"), Deadline.In(EndMax));

        var ended = await RunAsync("store", StoreArguments($"http://127.0.0.1:{FreePort.Take()}"));

        ended.Should().BeFailure(naming: _directory.At("member"));
    }

    [Theory]
    [InlineData("-onetime")]
    [InlineData("-watch")]
    public async Task A_missing_folder_of_resources_that_somebody_named_is_told(string mode)
    {
        var folder = _directory.At("nowhere");

        var ended = await RunAsync("confd", mode, "-backend", "env", "-confdir", folder);

        ended.Should().BeFailure(naming: folder);
    }

    [Fact]
    public async Task A_missing_folder_above_the_data_directory_is_named()
    {
        var directory = _directory.At("nowhere/member");

        var ended = await RunAsync("store", "--data-dir", directory);

        ended.Should().BeFailure(naming: directory);
        Directory.Exists(_directory.At("nowhere")).Should().BeFalse();
    }

    [Fact]
    public async Task A_damaged_data_directory_is_refused_and_left_as_it_is()
    {
        var log = await StopWithWritesAsync();
        var bytes = await File.ReadAllBytesAsync(log);
        bytes[bytes.AsSpan().IndexOf("first-value"u8)] ^= 1;
        await File.WriteAllBytesAsync(log, bytes);

        var ended = await RunAsync("store", StoreArguments($"http://127.0.0.1:{FreePort.Take()}"));

        ended.Should().BeFailure(naming: Path.GetFileName(log));
        (await File.ReadAllBytesAsync(log)).Should().Equal(bytes);
    }

    [Fact]
    public async Task A_certificate_whose_key_is_another_ones_is_named()
    {
        var (certificate, _) = WriteCertificate("first");
        var (_, otherKey) = WriteCertificate("second");

        var ended = await RunAsync(
            "store",
            [
                .. StoreArguments($"https://127.0.0.1:{FreePort.Take()}"), "--cert-file", certificate, "--key-file", otherKey,
            ]);

        ended.Should().BeFailure(naming: certificate);
    }

    [Fact]
    public async Task A_certificate_file_that_holds_none_is_named()
    {
        var (_, key) = WriteCertificate("first");
        var certificate = _directory.Write("empty.pem", "no certificate\n");

        var ended = await RunAsync(
            "store",
            [.. StoreArguments($"https://127.0.0.1:{FreePort.Take()}"), "--cert-file", certificate, "--key-file", key]);

        ended.Should().BeFailure(naming: certificate);
    }

    [Fact]
    public async Task A_malformed_resource_is_named_with_its_line_and_the_others_go_on()
    {
        _directory.Write("conf.d/broken.toml", "[template]\nsrc = unquoted\n");
        _directory.Write("conf.d/good.toml", $"[template]\nsrc = \"good.tmpl\"\ndest = \"{_directory.At("good")}\"\n");
        _directory.Write("templates/good.tmpl", "good");

        var ended = await RunAsync("confd", "-onetime", "-backend", "env", "-confdir", _directory.FullName);

        ended.Should().BeFailure(naming: "broken.toml");
        ended.Errors.Should().MatchRegex(@"broken\.toml\D{1,10}2\b", "the line is named");
        (await File.ReadAllTextAsync(_directory.At("good"))).Should().Be("good");
    }

    [Fact]
    public async Task A_malformed_configuration_file_is_named_by_metad()
    {
        var file = _directory.Write("metad.yaml", "listen: [\n");

        var ended = await RunAsync("metad", "--config", file);

        ended.Should().BeFailure(naming: file);
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private string[] StoreArguments(string clientUrl) =>
        StoreArguments(clientUrl, $"http://127.0.0.1:{FreePort.Take()}");

    private string[] StoreArguments(string clientUrl, string peerUrl) =>
        StoreServer.MemberArguments(clientUrl, peerUrl, _directory.At("member"));

    // A member that has written and stopped in order; the path of its log's first segment.
    private async Task<string> StopWithWritesAsync()
    {
        await using var server = await StoreServer.StartAsync(
            InnerStore.Program, _directory.At("member"), Deadline.In(EndMax));
        using var channel = GrpcChannel.ForAddress(server.ClientUrl);
        var store = new KV.KVClient(channel);
        foreach (var value in (string[])["first-value", "second-value"])
        {
            await store.PutAsync(new PutRequest
            {
                Key = ByteString.CopyFromUtf8("key"),
                Value = ByteString.CopyFromUtf8(value),
            });
        }

        await server.StopAsync(Deadline.In(EndMax));
        return Directory.GetFiles(_directory.At("member/sync/wal"), "*.log").Order().First();
    }

    private (string Certificate, string Key) WriteCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return (
            _directory.Write($"{name}.pem", certificate.ExportCertificatePem()),
            _directory.Write($"{name}.key", key.ExportPkcs8PrivateKeyPem()));
    }

    // The last is the sentence; what loops logged before it is not asked for here.
    private static string LastLine(EndedProgram ended) => ended.Errors.Split('\n')[^1];

    private static Task<EndedProgram> RunAsync(string program, params string[] arguments) =>
        RunProgramAsync(BuiltPrograms.Require(program), arguments);

    // In a network of its own, whose ports below 1024 are kept whatever the machine's are, without the right to open them.
    private static Task<EndedProgram> RunWithoutPortsAsync(string program, params string[] arguments) => RunProgramAsync(
        DebianPrograms.Require("unshare"),
        [
            "--net", DebianPrograms.Require("setpriv"), "--inh-caps=-net_bind_service", "--bounding-set=-net_bind_service",
            BuiltPrograms.Require(program), .. arguments,
        ]);

    private static async Task<EndedProgram> RunProgramAsync(string executable, string[] arguments)
    {
        await using var process = await ServerProcess.StartAsync(
            executable, arguments, Readiness.AtOnce, Deadline.In(EndMax));
        var exitCode = await process.ExitCodeAsync(Deadline.In(EndMax));

        return new EndedProgram(exitCode, process.Log.Tail(count: 100));
    }
}
