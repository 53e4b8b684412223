using FluentAssertions.Execution;
using Sync.Disk.Snapshots;
using Sync.Raft;
using Sync.Raft.Log;
using Sync.Simulation;

namespace Sync.Disk.Tests.Snapshots;

public sealed class SnapshotCrashTests
{
    private const int Behind = 30;
    private const int Ahead = 80;
    private static readonly HardState Voted = new(new Term(9), new MemberId(0xcc), new LogIndex(Behind));

    // What an older leader left behind the last acknowledged entry and was never committed: none, some that the snapshot
    // passes, and more than it holds.
    [Theory]
    [InlineData(0, DiskFault.PowerLoss)]
    [InlineData(5, DiskFault.PowerLoss)]
    [InlineData(100, DiskFault.PowerLoss)]
    [InlineData(5, DiskFault.InputOutput)]
    [InlineData(100, DiskFault.NoSpace)]
    public void A_crash_at_any_call_of_an_installation_leaves_the_old_state_or_the_new_one(int strayEntries, DiskFault fault)
    {
        var (snapshot, states) = SnapshotAndStates();
        var prepared = FollowerThatVoted(strayEntries);
        var calls = Calls(prepared.Copy(0), snapshot);
        var outcomes = new HashSet<int>();
        for (var fatal = calls.First; fatal <= calls.Last; fatal++)
        {
            var disk = prepared.Copy((int)fatal);
            var acknowledged = Crash(disk, snapshot, fatal, fault);
            disk.FaultOf = _ => DiskFault.None;
            if (fault == DiskFault.PowerLoss || fatal % 2 == 0)
            {
                disk.LosePower();
            }
            else
            {
                disk.KillProcess();
            }

            using var scope = new AssertionScope($"call {fatal} of [{calls.First}, {calls.Last}] failed with {fault}");
            outcomes.Add(RestartAndGoOn(disk, acknowledged, states));
        }

        outcomes.Should().Contain([Behind, Ahead, Ahead + 11]);
    }

    private static (byte[] Snapshot, string[] States) SnapshotAndStates()
    {
        var leader = new KeyspaceMember(new SimulatedDisk(1), KeyspaceMember.Leader);
        leader.Start();
        var states = new string[Ahead + 31];
        var snapshot = Array.Empty<byte>();
        for (var operation = 1; operation < states.Length; operation++)
        {
            leader.RunTo(operation);
            states[operation] = leader.State;
            if (operation == Ahead)
            {
                using var capture = leader.Capture();
                snapshot = KeyspaceMember.BytesOf(capture);
            }
        }

        return (snapshot, states);
    }

    private static SimulatedDisk FollowerThatVoted(int strayEntries)
    {
        var disk = new SimulatedDisk(2);
        var follower = new KeyspaceMember(disk, KeyspaceMember.Follower);
        follower.Start();
        follower.RunTo(Behind);
        var stray = Enumerable.Range(Behind + 1, strayEntries).Select(operation => new Entry(
            new Term(4), KeyspaceMember.At(operation), EntryKind.Normal, new byte[operation % 100]));
        follower.Append([.. stray], Voted);
        follower.Stop();
        return disk;
    }

    private static (long First, long Last) Calls(SimulatedDisk disk, byte[] snapshot)
    {
        var follower = new KeyspaceMember(disk, KeyspaceMember.Follower) { Acknowledged = Behind };
        follower.Start();
        var first = disk.Calls + 1;
        follower.Install(snapshot);
        follower.RunTo(Ahead + 12);
        return (first, disk.Calls);
    }

    private static int Crash(SimulatedDisk disk, byte[] snapshot, long fatal, DiskFault fault)
    {
        disk.FaultOf = call => call.Number == fatal ? fault : DiskFault.None;
        var follower = new KeyspaceMember(disk, KeyspaceMember.Follower) { Acknowledged = Behind };
        follower.Start();
        try
        {
            follower.Install(snapshot);
            follower.RunTo(Ahead + 12);
        }
        catch (PowerLossException)
        {
            // What follows is the subject.
        }
        catch (SnapshotException) when (fault == DiskFault.NoSpace)
        {
            // Refused: the member goes on with the state it has.
        }
        catch (DiskFailureException)
        {
            follower.Invoking(follower => follower.RunTo(Ahead + 20)).Should().Throw<DiskFailureException>();
        }

        return follower.Acknowledged;
    }

    private static int RestartAndGoOn(SimulatedDisk disk, int acknowledged, string[] states)
    {
        var follower = new KeyspaceMember(disk, KeyspaceMember.Follower) { Acknowledged = acknowledged };
        follower.Start();
        var applied = follower.Applied;
        applied.Should().BeGreaterThanOrEqualTo(acknowledged);
        follower.State.Should().Be(states[applied]);
        follower.Log.HardState.Term.Should().Be(Voted.Term);
        follower.Log.HardState.Vote.Should().Be(Voted.Vote, "a vote that is forgotten could be given twice");
        disk.List("sync/segments").Should().OnlyContain(name => !name.EndsWith(".tmp", StringComparison.Ordinal));

        // An old leader's entries may still be there; a new one replaces them.
        follower.Acknowledged = applied;
        follower.RunTo(applied + 15);
        follower.Stop();
        disk.LosePower();
        follower.Start();
        follower.State.Should().Be(states[applied + 15]);
        follower.Stop();
        return applied;
    }
}
