namespace Sync.Raft.Tests;

public class ConsensusSettingsTests
{
    [Fact]
    public void Defaults_are_valid() =>
        new ConsensusSettings { Member = new MemberId(1) }.Validate().Should().BeEmpty();

    [Fact]
    public void All_faults_are_reported_at_once()
    {
        var settings = new ConsensusSettings
        {
            Member = MemberId.None,
            Group = default,
            Incarnation = default,
            ElectionTicks = 1,
            HeartbeatTicks = 0,
            MessageBytesMax = 0,
            InflightMessagesMax = 0,
            InflightBytesMax = 0,
            ProposalBytesMax = 0,
            UncommittedBytesMax = 0,
            ApplyBytesMax = 0,
        };

        settings.Validate().Should().HaveCount(11);
    }

    [Fact]
    public void An_election_timeout_must_exceed_the_heartbeat_interval() =>
        new ConsensusSettings { Member = new MemberId(1), ElectionTicks = 10, HeartbeatTicks = 10 }.Validate()
            .Should().Equal(
                "The election timeout of 10 ticks must exceed the heartbeat interval of 10 ticks.");

    [Fact]
    public void Reads_by_lease_need_the_check_of_the_quorum_and_a_timeout_beyond_the_drift() =>
        new ConsensusSettings
        {
            Member = new MemberId(1),
            LeaseReads = true,
            CheckQuorum = false,
            LeaseDriftTicks = 8,
            DiskStallTicksMax = -1,
        }.Validate().Should().HaveCount(3);
}
