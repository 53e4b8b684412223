using System.Net;
using Sync.Store.Options;
using Sync.Store.Peers;

namespace Sync.Store.Tests.Options;

public class StoreFlagsTests
{
    [Fact]
    public void Without_flags_the_member_is_etcds_default_on_loopback()
    {
        var (settings, faults) = Read();

        faults.Should().BeEmpty();
        settings.Name.Should().Be("default");
        settings.DataDirectory.Should().Be("default.etcd");
        settings.ListenClientUrls.Should().ContainSingle().Which.EndPoints[0]
            .Should().Be(new IPEndPoint(IPAddress.Loopback, 2379));
        settings.QuotaBytes.Should().Be(2L << 30);
        settings.Cluster.PeerUrls.Should().ContainKey("default");
    }

    [Fact]
    public void The_log_lies_with_the_data_unless_a_folder_is_named_for_it()
    {
        Read().Settings.LogDirectory.Should().BeNull();
        Read("--wal-dir=").Settings.LogDirectory.Should().BeNull();
        Read("--wal-dir", "/wal").Settings.LogDirectory.Should().Be("/wal");
    }

    [Theory]
    [InlineData("--name=a")]
    [InlineData("-name=a")]
    [InlineData("--name", "a")]
    [InlineData("-name", "a")]
    public void A_flag_is_taken_in_each_form_that_etcd_takes(params string[] arguments)
    {
        Read(arguments).Settings.Name.Should().Be("a");
    }

    [Fact]
    public void A_variable_counts_where_the_command_line_is_silent()
    {
        var environment = new Dictionary<string, string>
        {
            ["ETCD_NAME"] = "from-variable",
            ["ETCD_SNAPSHOT_COUNT"] = "7",
            ["ETCD_NOT_KNOWN"] = "x",
        };
        var flags = new StoreFlags();

        var arguments = CommandLineArguments.Join(["--name=from-flag"], environment, flags.Command.Options);
        var settings = flags.Read(flags.Parse(arguments.Arguments), []);

        settings.Name.Should().Be("from-flag");
        settings.SnapshotCount.Should().Be(7);
        arguments.Warnings.Should().BeEquivalentTo(
            "The environment variable ETCD_NAME is shadowed by --name.",
            "The environment variable ETCD_NOT_KNOWN belongs to no flag and has no effect.");
    }

    [Theory]
    [InlineData("--listen-client-urls=http://127.0.0.1:1", "--advertise-client-urls is required*")]
    [InlineData("--listen-peer-urls=http://example.org:1", "*must name an IP address or localhost*")]
    [InlineData("--listen-peer-urls=http://010.0.0.1:1", "*")]
    [InlineData("--snapshot-count=0", "--snapshot-count: 0 must be at least 1.")]
    [InlineData("--election-timeout=300", "--election-timeout[300ms] should be at least as 5 times*")]
    [InlineData("--auto-compaction-mode=x --auto-compaction-retention=1", "unknown auto-compaction-mode \"x\"*")]
    [InlineData("--watch-progress-notify-interval=1ms", "*at least 100ms*")]
    [InlineData("--log-level=loud", "--log-level: loud is not one of*")]
    [InlineData("--initial-cluster-state=old", "unexpected clusterState \"old\"*")]
    [InlineData("--cert-file=a.pem", "--cert-file and --client-cert-auth protect an https URL*")]
    [InlineData("--listen-peer-urls=https://127.0.0.1:2380", "*https://127.0.0.1:2380 needs --peer-cert-file and --peer-key-file*")]
    [InlineData("--etcd-version=3.6", "--etcd-version: 3.6 is not of the form 3.6.1.")]
    public void A_wrong_value_is_named_with_its_flag(string line, string fault)
    {
        Read(line.Split(' ')).Faults.Should().ContainSingle().Which.Should().Match(fault);
    }

    [Fact]
    public void What_founds_no_cluster_is_told_apart_for_a_member_with_data_does_not_look_at_it()
    {
        var (settings, faults) = Read("--initial-cluster=b=http://localhost:2380");

        faults.Should().BeEmpty();
        settings.FoundingFaults.Should().ContainSingle().Which.Should().StartWith("couldn't find local name \"default\"");
        settings.Cluster.PeerUrls.Should().ContainKey("default");
    }

    [Theory]
    [InlineData("--initial-cluster=default=http://localhost:9", "--initial-cluster has default=http://localhost:9 but missing*")]
    [InlineData(
        "--initial-advertise-peer-urls=http://localhost:2380,http://localhost:9 --initial-cluster=default=http://localhost:2380",
        "--initial-advertise-peer-urls has http://localhost:9 but missing from --initial-cluster=default=http://localhost:2380.")]
    public void Own_peer_urls_that_are_written_differently_are_no_fault_of_the_flags_alone(string line, string difference)
    {
        var (settings, faults) = Read(line.Split(' '));

        faults.Should().BeEmpty();
        settings.FoundingFaults.Should().BeEmpty();
        PeerUrls.FindDifferences(settings).First().Should().Match(difference);
    }

    [Theory]
    [InlineData("--snapshot-count=many", "--snapshot-count: many is no whole number up to 9223372036854775807; write one such as 10000.")]
    [InlineData("--max-txn-ops 99999999999", "--max-txn-ops: 99999999999 is no whole number up to 2147483647; write one such as 128.")]
    [InlineData("--snapshot-count=1 --snapshot-count=", "--snapshot-count:  is no whole number*")]
    public void What_is_no_number_is_told_with_its_flag_and_what_is_wanted(string line, string fault)
    {
        var flags = new StoreFlags();
        var joined = CommandLineArguments.Join(line.Split(' '), [], flags.Command.Options);

        flags.Parse(joined.Arguments).Errors.Should().ContainSingle().Which.Message.Should().Match(fault);
    }

    [Fact]
    public void A_fault_names_the_variable_that_the_value_came_from()
    {
        var flags = new StoreFlags();
        var environment = new Dictionary<string, string> { ["ETCD_SNAPSHOT_COUNT"] = "many" };
        var joined = CommandLineArguments.Join(["--max-txn-ops=x"], environment, flags.Command.Options);

        flags.Parse(joined.Arguments).Errors.Select(error => joined.WithOrigin(error.Message)).Should().BeEquivalentTo(
            "ETCD_SNAPSHOT_COUNT, which is --snapshot-count: many is no whole number up to 9223372036854775807; "
                + "write one such as 10000.",
            "--max-txn-ops: x is no whole number up to 2147483647; write one such as 128.");
    }

    [Theory]
    [InlineData("--quota-backend-bytes=8589934592", 0)]
    [InlineData("--quota-backend-bytes=8589934593", 1)]
    [InlineData("--quota-backend-bytes=-1", 0)]
    public void A_quota_above_what_is_advised_is_taken_with_a_warning(string argument, int warnings)
    {
        var (settings, faults) = Read(argument);

        faults.Should().BeEmpty();
        settings.Warnings.Should().HaveCount(warnings);
    }

    [Fact]
    public void Of_a_repeated_flag_the_last_counts()
    {
        var (settings, faults) = Read(
            "--name", "a", "--snapshot-count=5", "--force-new-cluster", "--name=b", "-snapshot-count", "6",
            "--force-new-cluster=f");

        faults.Should().BeEmpty();
        (settings.Name, settings.SnapshotCount, settings.ForcesNewCluster).Should().Be(("b", 6, false));
    }

    [Theory]
    [InlineData("--name=@file")]
    [InlineData("--name", "@file")]
    public void A_value_that_begins_with_an_at_sign_is_a_value(params string[] arguments)
    {
        Read(arguments).Settings.Name.Should().Be("@file");
    }

    [Theory]
    [InlineData("--force-new-cluster", true)]
    [InlineData("--force-new-cluster=1", true)]
    [InlineData("--force-new-cluster=FALSE", false)]
    public void A_switch_is_read_as_go_reads_it(string argument, bool isOn)
    {
        Read(argument).Settings.ForcesNewCluster.Should().Be(isOn);
    }

    [Fact]
    public void A_switch_that_is_neither_on_nor_off_is_named()
    {
        CommandLineArguments.Join(["--force-new-cluster=maybe"], [], new StoreFlags().Command.Options).Faults
            .Should().Equal("--force-new-cluster: maybe is neither true nor false.");
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        Read("--snapshot-count=0", "--log-level=loud", "--heartbeat-interval=0").Faults.Should().HaveCount(3);
    }

    [Theory]
    [InlineData("10m", 600_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("300ms", 300)]
    [InlineData("0", 0)]
    public void A_duration_is_read_as_go_writes_it(string text, int milliseconds)
    {
        GoDuration.Parse(text).Should().Be(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("5x")]
    [InlineData("-5s")]
    public void What_is_no_duration_is_refused(string text)
    {
        GoDuration.Parse(text).Should().BeNull();
    }

    private static (StoreSettings Settings, List<string> Faults) Read(params string[] arguments)
    {
        var flags = new StoreFlags();
        var faults = new List<string>();
        var joined = CommandLineArguments.Join(arguments, [], flags.Command.Options);
        return (flags.Read(flags.Parse(joined.Arguments), faults), faults);
    }
}
