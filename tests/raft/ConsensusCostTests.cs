using Sync.Raft.Membership;
using Sync.Raft.Proposals;
using Sync.Raft.Tests.Cluster;

namespace Sync.Raft.Tests;

public class ConsensusCostTests
{
    [Fact]
    public void A_proposal_of_a_single_voter_allocates_little_more_than_its_entry()
    {
        const int Batch = 1_000;
        const int Turns = 50;
        var consensus = Leading();
        var payloads = new ReadOnlyMemory<byte>[Batch];
        Array.Fill(payloads, new byte[] { 1 });
        Turn(consensus, payloads);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var turn = 0; turn < Turns; turn++)
        {
            Turn(consensus, payloads);
        }

        var perProposal = (GC.GetAllocatedBytesForCurrentThread() - before) / (Batch * Turns);
        perProposal.Should().BeLessThan(104, "an entry takes 56 bytes and its place in the tail up to 32");
        consensus.Status.Commit.Should().Be(new LogIndex((Batch * (Turns + 1)) + 1));
    }

    private static Consensus Leading()
    {
        var settings = new ConsensusSettings { Member = new MemberId(1) };
        var consensus = new Consensus(
            settings, HardState.Initial, new GroupConfiguration(settings.Member), new MemoryLog(),
            LogIndex.None, new Random(1));
        consensus.Campaign();
        consensus.Persisted(consensus.TakeReady().Number);
        return consensus;
    }

    private static void Turn(Consensus consensus, ReadOnlyMemory<byte>[] payloads)
    {
        Assert.IsType<ProposalOutcome.Accepted>(consensus.Propose(payloads));
        consensus.Persisted(consensus.TakeReady().Number);
        while (consensus.HasReady)
        {
            if (consensus.TakeReady().Committed is { Length: > 0 } committed)
            {
                consensus.AppliedTo(committed.Span[^1].Index);
            }
        }
    }
}
