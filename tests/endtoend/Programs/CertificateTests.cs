using CliWrap;
using CliWrap.Buffered;
using Sync.EndToEnd.Tests.Certificates;
using Sync.EndToEnd.Tests.Clusters;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Programs;

/// <summary>A store and its clients, each of which trusts a root and shows a certificate some steps below it.</summary>
public sealed class CertificateTests : OnOneAuthority
{
    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(2));

    [DebianFact("etcdctl")]
    public async Task Clients_that_trust_the_root_alone_reach_a_store_below_an_intermediate_authority()
    {
        using var between = Root.NewIntermediate();
        var url = $"https://127.0.0.1:{FreePort.Take()}";
        await using var store = await StartAsync(url, between.Sign("store"));
        var (certificate, key) = between.Sign("client");
        string[] shown = ["--cacert", Root.File, "--cert", certificate, "--key", key];
        var etcdctl = new ControlProgram(DebianPrograms.Require("etcdctl"), url);
        var storectl = new ControlProgram(BuiltPrograms.Require("storectl"), url);

        foreach (var (program, value) in new[] { (etcdctl, "1"), (storectl, "2") })
        {
            await program.RunAsync(_limit, [.. shown, "put", "k", value]);
            (await program.RunAsync(_limit, [.. shown, "get", "k"])).Should().Equal("k", value);
        }

        (await etcdctl.TryAsync(_limit, "--command-timeout", "3s", "--cacert", Root.File, "put", "k", "nobody's")).ExitCode.Should().NotBe(0);
        (await storectl.RunAsync(_limit, [.. shown, "get", "k"])).Should().Equal("k", "2");
    }

    // What each program calls the authorities, its certificate and its key.
    public static TheoryData<string, string, string, string> CertificateFlags { get; } = new()
    {
        { "confd", "-client-ca-keys", "-client-cert", "-client-key" },
        { "metad", "--client_ca_keys", "--client_cert", "--client_key" },
        { "storectl", "--cacert", "--cert", "--key" },
    };

    [Theory]
    [MemberData(nameof(CertificateFlags))]
    public async Task A_program_that_cannot_use_its_certificate_files_names_them(
        string program, string authorityFlag, string certificateFlag, string keyFlag)
    {
        var (certificate, key) = Root.Sign("client");
        var (_, otherKey) = Root.Sign("other");
        var none = Folder.Write("none.pem", "no certificate\n");

        foreach (var (authority, own, ownKey, named) in new[]
            { (none, certificate, key, none), (Root.File, none, key, none), (Root.File, certificate, otherKey, otherKey) })
        {
            var ended = await RunAsync(
                program,
                [.. WordsFor(program), authorityFlag, authority, certificateFlag, own, keyFlag, ownKey]);

            ended.ExitCode.Should().BePositive();
            ended.StandardError.Should().Contain(named).And.NotContain("   at ");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("peer-")]
    public async Task A_store_whose_file_of_authorities_holds_none_does_not_trust_everybody(string port)
    {
        var (certificate, key) = Root.Sign("store");
        var none = Folder.Write("none.pem", "no certificate\n");
        string[] words =
        [
            .. ArgumentsOf(isPeerPort: port.Length > 0), $"--{port}cert-file", certificate, $"--{port}key-file", key,
            $"--{port}client-cert-auth", $"--{port}trusted-ca-file", none,
        ];

        var ended = await RunAsync("store", words);

        ended.ExitCode.Should().Be(1);
        ended.StandardError.Should().Contain($"{none} holds no certificate").And.NotContain("   at ");
    }

    private string[] ArgumentsOf(bool isPeerPort) => StoreServer.MemberArguments(
        $"{(isPeerPort ? "http" : "https")}://127.0.0.1:{FreePort.Take()}",
        $"{(isPeerPort ? "https" : "http")}://127.0.0.1:{FreePort.Take()}",
        Folder.At("data"));

    private string[] WordsFor(string program)
    {
        var url = $"https://127.0.0.1:{FreePort.Take()}";
        Folder.Write("templates/a.tmpl", "{{getv \"/a\"}}\n");
        Folder.Write("conf.d/a.toml", $"[template]\nsrc = \"a.tmpl\"\ndest = \"{Folder.At("a")}\"\nkeys = [\"/a\"]\n");
        return program switch
        {
            "confd" => ["-backend", "etcdv3", "-node", url, "-confdir", Folder.FullName, "-onetime"],
            "metad" => ["--backend", "etcdv3", "--nodes", url, "--listen", $"127.0.0.1:{FreePort.Take()}",
                "--listen_manage", $"127.0.0.1:{FreePort.Take()}"],
            _ => ["--endpoints", url, "get", "k"],
        };
    }

    private async Task<BufferedCommandResult> RunAsync(string program, string[] words) =>
        await Cli.Wrap(BuiltPrograms.Require(program))
            .WithArguments(words)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(_limit);

    private Task<ServerProcess> StartAsync(string url, (string Certificate, string Key) own) => ServerProcess.StartAsync(
        StoreProgram.Ours.Executable,
        [
            .. StoreServer.MemberArguments(url, $"http://127.0.0.1:{FreePort.Take()}", Folder.At("data")),
            "--cert-file", own.Certificate, "--key-file", own.Key, "--client-cert-auth", "--trusted-ca-file", Root.File,
        ],
        Readiness.Port(new Uri(url).Port),
        _limit);
}
