using Sync.Store.Options;

namespace Sync.Store.Tests.Options;

/// <summary>Command lines and variables that were written for an older etcd.</summary>
public class OlderSpellingTests
{
    [Theory]
    [InlineData("--experimental-snapshot-catchup-entries=7")]
    [InlineData("--experimental-snapshot-catchup-entries 7")]
    [InlineData("-experimental-snapshot-catchup-entries 5 -experimental-snapshot-catchup-entries 7")]
    public void A_flag_is_known_by_its_experimental_name(string line)
    {
        var joined = Join(line);

        joined.Warnings.Should().BeEmpty();
        Read(joined).SnapshotCatchUpEntries.Should().Be(7);
    }

    [Fact]
    public void The_flags_that_kubeadm_passes_are_taken()
    {
        var joined = Join("--experimental-initial-corrupt-check=true --experimental-watch-progress-notify-interval=5s");

        var settings = Read(joined);

        joined.Warnings.Should().BeEmpty();
        (settings.ChecksDataAtStart, settings.WatchProgressInterval).Should().Be((true, TimeSpan.FromSeconds(5)));
    }

    [Theory]
    [InlineData("--experimental-snapshot-catchup-entries=7 --snapshot-catchup-entries=8")]
    [InlineData("--snapshot-catchup-entries=8 --experimental-snapshot-catchup-entries=7")]
    public void Of_both_spellings_the_newer_counts_and_the_other_is_told(string line)
    {
        var joined = Join(line);

        Read(joined).SnapshotCatchUpEntries.Should().Be(8);
        joined.Warnings.Should().Equal("--experimental-snapshot-catchup-entries has no effect beside "
            + "--snapshot-catchup-entries, its newer spelling.");
    }

    [Fact]
    public void A_variable_has_both_spellings_as_well()
    {
        var older = new Dictionary<string, string>
        {
            ["ETCD_EXPERIMENTAL_SNAPSHOT_CATCHUP_ENTRIES"] = "7",
            ["ETCD_EXPERIMENTAL_INITIAL_CORRUPT_CHECK"] = "true",
        };
        var both = new Dictionary<string, string>(older) { ["ETCD_SNAPSHOT_CATCHUP_ENTRIES"] = "8" };

        var settings = Read(Join("", older));
        var joined = Join("", both);

        (settings.SnapshotCatchUpEntries, settings.ChecksDataAtStart).Should().Be((7, true));
        Read(joined).SnapshotCatchUpEntries.Should().Be(8);
        joined.Warnings.Should().Equal("The environment variable ETCD_EXPERIMENTAL_SNAPSHOT_CATCHUP_ENTRIES is shadowed by "
            + "ETCD_SNAPSHOT_CATCHUP_ENTRIES.");
    }

    [Fact]
    public void The_command_line_counts_before_variables_however_either_is_spelled()
    {
        var joined = Join(
            "--experimental-snapshot-catchup-entries=7",
            new Dictionary<string, string> { ["ETCD_SNAPSHOT_CATCHUP_ENTRIES"] = "8" });

        Read(joined).SnapshotCatchUpEntries.Should().Be(7);
        joined.Warnings.Should().Equal(
            "The environment variable ETCD_SNAPSHOT_CATCHUP_ENTRIES is shadowed by --snapshot-catchup-entries.");
    }

    [Fact]
    public void A_fault_names_the_variable_by_the_name_that_was_given()
    {
        var joined = Join("", new Dictionary<string, string> { ["ETCD_EXPERIMENTAL_CORRUPT_CHECK_TIME"] = "often" });
        var flags = new StoreFlags();
        var faults = new List<string>();

        flags.Read(flags.Parse(joined.Arguments), faults);

        joined.WithOrigin(faults.Single()).Should().StartWith(
            "ETCD_EXPERIMENTAL_CORRUPT_CHECK_TIME, which is --corrupt-check-time: often");
    }

    [Fact]
    public void A_flag_that_never_was_experimental_has_no_such_name()
    {
        new StoreFlags().Parse(Join("--experimental-name=a").Arguments).Errors.Should().NotBeEmpty();
    }

    [Fact]
    public void Flags_of_etcds_first_years_are_taken_in_silence()
    {
        var joined = Join(
            "--name=a -v --vv=3 -config=file --force --snapshot=true --max-retry-attempts=1 --cluster-active-size=9",
            new Dictionary<string, string> { ["ETCD_PEER_ELECTION_TIMEOUT"] = "x", ["ETCD_V"] = "1" });

        joined.Arguments.Should().Equal("--name=a");
        joined.Warnings.Should().BeEmpty();
    }

    [Fact]
    public void The_value_of_another_flag_is_none_of_them()
    {
        Read(Join("--name -v")).Name.Should().Be("-v");
    }

    [Fact]
    public void A_start_without_the_advance_of_ticks_is_taken_with_a_warning()
    {
        Read(Join("--initial-election-tick-advance=false")).Warnings.Should().ContainSingle()
            .Which.Should().StartWith("--initial-election-tick-advance=false has no effect:");
        Read(Join("--initial-election-tick-advance=true")).Warnings.Should().BeEmpty();
    }

    private static CommandLineArguments Join(string line, Dictionary<string, string>? environment = null) =>
        CommandLineArguments.Join(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries), environment ?? [], new StoreFlags().Command.Options);

    private static StoreSettings Read(CommandLineArguments joined)
    {
        var flags = new StoreFlags();
        var faults = new List<string>();
        var settings = flags.Read(flags.Parse(joined.Arguments), faults);
        faults.Should().BeEmpty();
        return settings;
    }
}
