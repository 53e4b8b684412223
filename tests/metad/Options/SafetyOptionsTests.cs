using Sync.Metad.Options;
using Sync.TestKit;

namespace Sync.Metad.Tests.Options;

/// <summary>Settings of who callers are and what is refused.</summary>
public sealed class SafetyOptionsTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nothing_that_a_stock_client_may_do_is_refused_by_default()
    {
        var options = Load();

        (options.Strict, options.Safety.IsHardened, options.Safety.IsPathStrict, options.Safety.IsEveryHostChecked)
            .Should().Be((false, false, false, false));
        (options.Safety.SessionTokens, options.Safety.GuardHeader, options.Safety.AuditLog)
            .Should().Be((SessionTokenMode.Off, null, "off"));
        (options.WaitersMax, options.WaitersPerClientMax, options.Safety.WaitMax)
            .Should().Be((100_000, 10_000, TimeSpan.Zero));
        options.Warnings.Should().BeEmpty();
    }

    [Fact]
    public void Hardened_sets_a_profile_that_other_settings_win_over()
    {
        var file = _folder.Write("m.yaml", "hardened: true\nwaiters_max: 7\nconnections_per_client_max: 5");

        var options = Load("--config", file, "--connections_per_client_max=9");

        (options.Strict, options.Safety.IsPathStrict, options.Safety.IsEveryHostChecked).Should().Be((true, true, true));
        (options.WaitersMax, options.WaitersPerClientMax, options.Safety.WaitMax)
            .Should().Be((7, 64, TimeSpan.FromMinutes(5)));
        (options.Safety.ConnectionsMax, options.Safety.ConnectionsPerClientMax, options.Safety.AuditLog)
            .Should().Be((10_000, 9, "stderr"));
    }

    [Theory]
    [InlineData("--xff", "xff is on without trusted_proxies")]
    [InlineData("--listen_manage=:9611", "asks for no authentication")]
    [InlineData("--listen_manage=127.0.0.1:9611,10.0.0.1:9611", "asks for no authentication")]
    [InlineData("--listen_manage=:9611 --manage_token_file=/t", "has no TLS")]
    [InlineData("--attested_key_file=/k", "without session_tokens=required or guard_header")]
    [InlineData("--attested_key_file=/k --session_tokens=optional", "without session_tokens=required or guard_header")]
    public void What_is_left_open_is_a_warning_and_hardened_refuses_it(string line, string problem)
    {
        var arguments = line.Split(' ');

        Load(arguments).Warnings.Should().ContainSingle().Which.Should().Contain(problem);
        var hardened = () => Load(["--hardened", .. arguments]);

        hardened.Should().Throw<FormatException>().WithMessage($"hardened: *{problem}*");
    }

    [Theory]
    [InlineData("--listen_manage=unix:/run/m")]
    [InlineData("--listen_manage=[::1]:9611")]
    [InlineData("--listen_manage=:9611 --manage_token_file=/t --manage_tls_cert=/c --manage_tls_key=/k")]
    [InlineData("--xff --trusted_proxies=10.0.0.0/8")]
    [InlineData("--attested_key_file=/k --session_tokens=required")]
    public void What_is_closed_is_neither(string line) => Load(["--hardened", .. line.Split(' ')]).Warnings.Should().BeEmpty();

    [Theory]
    [InlineData("--tls_cert=/c", "tls_cert and tls_key")]
    [InlineData("--manage_tls_key=/k", "manage_tls_cert and manage_tls_key")]
    [InlineData("--manage_client_ca=/c", "needs manage_tls_cert")]
    [InlineData("--manage_client_names=a", "needs manage_client_ca")]
    [InlineData("--session_tokens=maybe", "no mode")]
    [InlineData("--token_hop_limit=65", "no number of hops")]
    [InlineData("--guard_header=Metadata", "no header")]
    [InlineData("--guard_header=A: b\u0001", "no header")]
    [InlineData("--manage_uids=root", "no user's number")]
    [InlineData("--identity_wait=60001", "no number of milliseconds")]
    [InlineData("--container_labels=nodes", "no data path")]
    [InlineData("--container_labels=/a/../b", "no data path")]
    [InlineData("--container_labels=/nodes", "needs docker_socket or cri_socket")]
    [InlineData("--listen=unix:relative", "no address to listen on")]
    [InlineData("--listen=:80,", "no address to listen on")]
    public void A_setting_that_cannot_be_used_is_refused(string argument, string problem)
    {
        var load = () => Load(argument);

        load.Should().Throw<FormatException>().WithMessage($"*{problem}*");
    }

    [Fact]
    public void A_list_of_a_later_source_takes_the_place_of_the_one_before()
    {
        var file = _folder.Write("m.yaml", "allowed_hosts: [a, b]\nmanage_uids: [1, 2]");

        var options = Load("--config", file, "--allowed_hosts=c,d", "--allowed_hosts=e");

        options.Safety.AllowedHosts.Should().Equal("c", "d", "e");
        options.Safety.ManageUsers.Should().Equal(1, 2);
    }

    [Fact]
    public void Several_addresses_of_either_kind_are_listened_at()
    {
        ListenAddress.ParseAll(":80, unix:/run/metad.sock,[::1]:81").Should().Equal(
            new ListenAddress.Tcp(null, 80),
            new ListenAddress.UnixSocket("/run/metad.sock"),
            new ListenAddress.Tcp(System.Net.IPAddress.IPv6Loopback, 81));
    }

    [Fact]
    public void Every_setting_has_a_name_of_its_own() =>
        MetadFlags.All.Select(flag => flag.Name).Should().OnlyHaveUniqueItems().And.Contain("hardened");

    private static MetadOptions Load(params string[] arguments) => ConfigurationLoader.Load(
        CommandLine.Parse(arguments).Should().BeOfType<CommandLine.Run>().Subject, _ => null);
}
