using Sync.Store.Options;

namespace Sync.Store.Tests.Options;

public class FeatureFlagsTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("--feature-gates=InitialCorruptCheck=true", true)]
    [InlineData("--feature-gates=InitialCorruptCheck=false", false)]
    [InlineData("--feature-gates=AllAlpha=true", true)]
    [InlineData("--feature-gates=AllBeta=true", false)]
    [InlineData("--feature-gates=InitialCorruptCheck=false,AllAlpha=true", false)]
    [InlineData("--experimental-initial-corrupt-check=true", true)]
    [InlineData("--experimental-initial-corrupt-check=false --feature-gates=AllAlpha=true", false)]
    public void A_member_compares_its_data_at_the_start_when_etcd_would(string line, bool compares)
    {
        var (settings, faults) = Read(line);

        faults.Should().BeEmpty();
        settings.Warnings.Should().BeEmpty();
        settings.ChecksDataAtStart.Should().Be(compares);
    }

    [Fact]
    public void Of_a_feature_that_is_named_both_ways_the_gate_counts_and_the_other_is_told()
    {
        var (settings, _) = Read("--experimental-initial-corrupt-check=true --feature-gates=InitialCorruptCheck=false");

        settings.ChecksDataAtStart.Should().BeFalse();
        settings.Warnings.Should().Equal(
            "--experimental-initial-corrupt-check has no effect beside --feature-gates, which names InitialCorruptCheck.");
    }

    [Fact]
    public void Features_that_the_store_has_no_use_for_are_taken_with_one_warning()
    {
        var (settings, faults) = Read(
            "--feature-gates=LeaseCheckpoint=true,SetMemberLocalAddr=false,CompactHashCheck=true "
            + "--experimental-stop-grpc-service-on-defrag");

        faults.Should().BeEmpty();
        settings.Warnings.Should().Equal("--feature-gates: the store has no use for StopGRPCServiceOnDefrag, "
            + "LeaseCheckpoint, SetMemberLocalAddr; leave it out.");
    }

    [Theory]
    [InlineData("--feature-gates=Mistyped=true", "--feature-gates: unrecognized feature gate: Mistyped. Known are Init*")]
    [InlineData("--feature-gates=CompactHashCheck", "--feature-gates: missing bool value for CompactHashCheck; *")]
    [InlineData("--feature-gates=CompactHashCheck=on", "--feature-gates: invalid value of CompactHashCheck=on; *")]
    [InlineData("--compact-hash-check-time=0s", "--compact-hash-check-time must be >0 (set to 0s); *")]
    [InlineData("--corrupt-check-time=often", "--corrupt-check-time: often must be a duration, *")]
    [InlineData("--unsafe-no-fsync", "--unsafe-no-fsync: a crash would lose writes that were acknowledged, *")]
    public void What_cannot_be_used_is_told(string line, string fault)
    {
        Read(line).Faults.Should().ContainSingle().Which.Should().Match(fault);
    }

    [Theory]
    [InlineData("", 60.0)]
    [InlineData("--corrupt-check-time=5s --experimental-compact-hash-check-enabled", 5.0)]
    [InlineData("--corrupt-check-time=0 --compact-hash-check-time=5s", null)]
    [InlineData("--corrupt-check-time=0s --compact-hash-check-time=5s --feature-gates=CompactHashCheck=true", 5.0)]
    [InlineData("--experimental-corrupt-check-time=0s --experimental-compact-hash-check-enabled=true", 60.0)]
    public void Members_are_compared_at_the_interval_of_compactions_when_there_is_no_other(string line, double? seconds)
    {
        (Read(line).Settings.CorruptCheckInterval?.TotalSeconds).Should().Be(seconds);
    }

    private static (StoreSettings Settings, List<string> Faults) Read(string line)
    {
        var flags = new StoreFlags();
        var faults = new List<string>();
        var joined = CommandLineArguments.Join(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries), [], flags.Command.Options);
        return (flags.Read(flags.Parse(joined.Arguments), faults), faults);
    }
}
