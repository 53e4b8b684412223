using FluentAssertions.Execution;
using Sync.Disk.Checkpoints;
using Sync.Mvcc;
using Sync.Posix;
using Sync.Raft;
using Sync.Raft.Membership;
using Sync.Simulation;

namespace Sync.Disk.Tests.Directories;

public sealed class CrashTests
{
    private const int Operations = 200;
    private const int Seeds = 600;

    // Checkpoints come by count, or only when files and log ask for them.
    [Theory]
    [InlineData(10, false)]
    [InlineData(10, true)]
    [InlineData(int.MaxValue, false)]
    public void After_a_loss_of_power_at_any_call_everything_acknowledged_is_there(
        int operationsPerCheckpoint, bool hasLogApart)
    {
        var calls = CallsOfWholeRun(operationsPerCheckpoint, hasLogApart);
        for (var fatal = 1L; fatal <= calls; fatal++)
        {
            var disk = new SimulatedDisk((int)fatal);
            var driver = new DirectoryDriver(disk)
            {
                OperationsPerCheckpoint = operationsPerCheckpoint,
                HasLogApart = hasLogApart,
            };
            CrashAt(disk, driver, fatal, DiskFault.PowerLoss);
            disk.LosePower();

            RestartAndGoOn(disk, driver, $"the power went in call {fatal}");
        }
    }

    [Theory]
    [InlineData(DiskFault.InputOutput, false)]
    [InlineData(DiskFault.InputOutput, true)]
    [InlineData(DiskFault.NoSpace, false)]
    public void A_failing_call_stops_everything_and_nothing_is_acknowledged_after_it(DiskFault fault, bool hasLogApart)
    {
        var calls = CallsOfWholeRun(hasLogApart: hasLogApart);
        for (var fatal = 1L; fatal <= calls; fatal++)
        {
            var disk = new SimulatedDisk((int)fatal);
            var driver = new DirectoryDriver(disk) { HasLogApart = hasLogApart };
            CrashAt(disk, driver, fatal, fault);
            RequireStopped(driver, $"call {fatal} failed with {fault}");
            if (fatal % 2 == 0)
            {
                disk.LosePower();
            }
            else
            {
                disk.KillProcess();
            }

            RestartAndGoOn(disk, driver, $"call {fatal} failed with {fault}");
        }
    }

    [Fact]
    public void Many_crashes_in_one_life_lose_nothing()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            var disk = new SimulatedDisk(seed);
            var driver = new DirectoryDriver(disk) { HasLogApart = seed % 2 == 0 };
            for (var life = 0; life < 3; life++)
            {
                CrashAt(disk, driver, disk.Calls + 1 + random.Next(250), DiskFault.PowerLoss);
                if (random.Next(4) == 0)
                {
                    disk.KillProcess();
                }
                else
                {
                    disk.LosePower();
                }
            }

            RestartAndGoOn(disk, driver, $"the seed was {seed}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_directory_that_has_an_identity_has_the_beginning_that_came_with_it(bool hasLogApart)
    {
        var (asked, invented) = (BeginningOf("asked of the cluster"u8), BeginningOf("made up of flags"u8));
        var whole = new SimulatedDisk(0);
        using var created = Open(whole, asked);
        var calls = whole.Calls;
        var outcomes = new HashSet<bool>();
        for (var fatal = 1L; fatal <= calls; fatal++)
        {
            var disk = new SimulatedDisk((int)fatal);
            disk.FaultOf = call => call.Number == fatal ? DiskFault.PowerLoss : DiskFault.None;
            FluentActions.Invoking(() => Open(disk, asked)).Should().Throw<PowerLossException>();
            disk.FaultOf = _ => DiskFault.None;
            disk.LosePower();

            var hadIdentity = DataDirectory.FindIdentity(disk) is not null;
            using var directory = Open(disk, invented);
            (directory.Checkpoints.Newest?.Membership.ToArray()).Should().Equal(
                (hadIdentity ? asked : invented).Membership.ToArray(), "the power went in call {0}", fatal);
            outcomes.Add(hadIdentity);
        }

        outcomes.Should().HaveCount(2, "the power went before the identity was there, and after that");

        DataDirectory Open(IDisk disk, Checkpoint beginning) => DataDirectory.Open(
            hasLogApart ? DiskPair.Of(disk, disk) : disk, DirectoryDriver.Identity, DirectoryDriver.Small, beginning);
    }

    private static Checkpoint BeginningOf(ReadOnlySpan<byte> membership) => new()
    {
        Group = DirectoryDriver.Identity.Group,
        Incarnation = DirectoryDriver.Identity.Incarnation,
        Applied = LogIndex.None,
        AppliedTerm = Term.None,
        Configuration = GroupConfiguration.Unknown,
        Membership = membership.ToArray(),
        Keyspace = KeyspaceImage.Fresh,
    };

    private static long CallsOfWholeRun(int operationsPerCheckpoint = 10, bool hasLogApart = false)
    {
        var disk = new SimulatedDisk(0);
        var driver = new DirectoryDriver(disk)
        {
            OperationsPerCheckpoint = operationsPerCheckpoint,
            HasLogApart = hasLogApart,
        };
        driver.Start();
        driver.RunTo(Operations);
        return disk.Calls;
    }

    private static void CrashAt(SimulatedDisk disk, DirectoryDriver driver, long fatal, DiskFault fault)
    {
        disk.FaultOf = call => call.Number == fatal ? fault : DiskFault.None;
        try
        {
            driver.Start();
            driver.RunTo(driver.Acknowledged + Operations);
        }
        catch (PowerLossException)
        {
            // What follows is the subject.
        }
        catch (DiskFailureException)
        {
            // The member stops.
        }
        catch (PosixException) when (driver is { HasLogApart: true, Directory: null })
        {
            // It did not even begin: its folders could not be looked at.
        }

        disk.FaultOf = _ => DiskFault.None;
    }

    private static void RequireStopped(DirectoryDriver driver, string because)
    {
        if (driver.Directory is null)
        {
            return;
        }

        var before = driver.Acknowledged;
        driver.Invoking(driver => driver.RunTo(Operations + 1)).Should().Throw<DiskFailureException>(because);
        driver.Acknowledged.Should().Be(before, because);
    }

    private static void RestartAndGoOn(SimulatedDisk disk, DirectoryDriver driver, string because)
    {
        using var scope = new AssertionScope(because);
        driver.Start();
        driver.Verify();
        driver.RunTo(driver.Acknowledged + 12);
        driver.Stop();
        driver.Start();
        driver.Verify();
        driver.Stop();
        disk.LosePower();
    }
}
