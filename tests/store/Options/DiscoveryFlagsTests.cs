using Sync.Etcd.Client.Connections;
using Sync.Store.Options;

namespace Sync.Store.Tests.Options;

public class DiscoveryFlagsTests
{
    private const string Registry = "--discovery-token=t --discovery-endpoints=127.0.0.1:1,https://b:2";

    [Fact]
    public void Without_flags_the_members_are_named_by_the_initial_cluster()
    {
        Read("--name=a").Settings.Discovery.Should().BeNull();
    }

    [Fact]
    public void A_registry_is_asked_with_etcds_defaults_but_probed_no_more_often_than_servers_bear()
    {
        var (settings, faults) = Read(Registry);

        faults.Should().BeEmpty();
        var registry = settings.Discovery.Should().BeOfType<DiscoverySettings.Registry>().Which;
        registry.Token.Should().Be("t");
        registry.Store.Should().BeEquivalentTo(new EtcdClientOptions
        {
            Endpoints = ["127.0.0.1:1", "https://b:2"],
            Tls = new TlsFiles(),
            ConnectTimeout = TimeSpan.FromSeconds(2),
            RequestTimeout = TimeSpan.FromSeconds(5),
            KeepAliveInterval = TimeSpan.FromSeconds(10),
            KeepAliveTimeout = TimeSpan.FromSeconds(6),
        });
    }

    [Fact]
    public void A_member_knows_itself_alone_until_it_has_discovered_the_others()
    {
        var cluster = Read($"{Registry} --name=a --initial-advertise-peer-urls=http://a:1").Settings.Cluster;

        cluster.Text.Should().Be("a=http://a:1");
        cluster.Token.Should().Be("t");
    }

    [Theory]
    [InlineData("--discovery-insecure-transport=false")]
    [InlineData("--discovery-insecure-skip-tls-verify")]
    [InlineData("--discovery-cacert=ca")]
    [InlineData("--discovery-cert=c --discovery-key=k")]
    public void What_asks_for_TLS_counts_for_addresses_without_a_scheme(string line)
    {
        StoreOf($"{Registry} {line}").DefaultScheme.Should().Be(EndpointScheme.Https);
    }

    [Fact]
    public void Certificates_and_times_are_those_of_the_flags()
    {
        var store = StoreOf(
            $"{Registry} --discovery-cacert=ca --discovery-cert=c --discovery-key=k --discovery-insecure-skip-tls-verify "
            + "--discovery-dial-timeout=3s --discovery-request-timeout=4s --discovery-keepalive-time=1m "
            + "--discovery-keepalive-timeout=7s");

        store.Tls.Should().Be(new TlsFiles
        {
            AuthorityFile = "ca",
            CertificateFile = "c",
            KeyFile = "k",
            AcceptAnyServerCertificate = true,
        });
        store.ConnectTimeout.Should().Be(TimeSpan.FromSeconds(3));
        store.RequestTimeout.Should().Be(TimeSpan.FromSeconds(4));
        store.KeepAliveInterval.Should().Be(TimeSpan.FromMinutes(1));
        store.KeepAliveTimeout.Should().Be(TimeSpan.FromSeconds(7));
    }

    [Theory]
    [InlineData("--discovery-user=u:p:q", "u", "p:q")]
    [InlineData("--discovery-user=u:p --discovery-password=q", "u:p", "q")]
    public void Who_signs_in_is_written_as_etcdctl_takes_it(string line, string user, string password)
    {
        StoreOf($"{Registry} {line}").Credentials.Should().Be(new EtcdCredentials(user, password));
    }

    [Theory]
    [InlineData("--discovery-srv=example.com", "")]
    [InlineData("--discovery-srv=example.com --discovery-srv-name=blue", "-blue")]
    public void A_domain_is_asked_with_the_suffix(string line, string suffix)
    {
        Read(line).Settings.Discovery.Should().Be(new DiscoverySettings.Dns("example.com", suffix));
    }

    [Theory]
    [InlineData("--discovery-srv=e.com --initial-cluster=default=http://localhost:2380", "multiple discovery or bootstrap flags are set. Choose one of \"initial-cluster\", \"discovery-endpoints\" or \"discovery-srv\"*")]
    [InlineData("--discovery-srv=e.com --discovery-token=t --discovery-endpoints=a:1", "multiple discovery or bootstrap flags are set*")]
    [InlineData("--discovery-token=t --discovery-endpoints=a:1 --initial-cluster=default=http://localhost:2380", "multiple discovery*")]
    [InlineData("--discovery-token=t", "both --discovery-token and --discovery-endpoints must be set*")]
    [InlineData("--discovery-endpoints=a:1", "both --discovery-token and --discovery-endpoints must be set*")]
    [InlineData("--discovery=https://discovery.etcd.io/x", "--discovery is v2 discovery*--discovery-token and --discovery-endpoints.")]
    [InlineData("--discovery-srv=a..b", "--discovery-srv: a..b with *makes no name that DNS can have*")]
    [InlineData("--discovery-srv=e.com --discovery-srv-name=a/b", "--discovery-srv: e.com with --discovery-srv-name \"a/b\" makes no name*")]
    [InlineData("--discovery-dial-timeout=0", "--discovery-dial-timeout: 0 must be a duration from 1ms to 1h*")]
    [InlineData("--discovery-keepalive-timeout=999ms", "--discovery-keepalive-timeout: 999ms must be a duration from 1000ms to 1h*")]
    [InlineData("--discovery-request-timeout=2h", "--discovery-request-timeout: 2h must be a duration*")]
    [InlineData("--discovery-key=k", "--discovery-cert and --discovery-key must both be there*")]
    [InlineData("--discovery-user=u", "--discovery-user: u has no password*")]
    public void A_wrong_value_is_named_with_its_flag(string line, string fault)
    {
        Read(line).Faults.Should().ContainSingle().Which.Should().Match(fault);
    }

    private static EtcdClientOptions StoreOf(string line)
    {
        var (settings, faults) = Read(line);
        faults.Should().BeEmpty();
        return settings.Discovery.Should().BeOfType<DiscoverySettings.Registry>().Which.Store;
    }

    private static (StoreSettings Settings, List<string> Faults) Read(string line)
    {
        var flags = new StoreFlags();
        var joined = CommandLineArguments.Join(line.Split(' '), [], flags.Command.Options);
        var faults = new List<string>();
        return (flags.Read(flags.Parse(joined.Arguments), faults), faults);
    }
}
