using Sync.Disk.Tests.Snapshots;
using Sync.Posix;
using Sync.Raft;
using Sync.Raft.Membership;
using Sync.Simulation;
using Sync.TestKit;

namespace Sync.Disk.Tests.Directories;

public sealed class DiskPairTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_member_runs_stops_and_goes_on_with_its_log_in_a_folder_of_its_own()
    {
        RunAndStop(Pair());

        var member = new DirectoryDriver(Pair()) { Acknowledged = 60 };
        member.Start();
        member.Verify();
        member.RunTo(120);
        member.Verify();
        member.Stop();

        Names("log").Should().Equal("wal", "wal-lock");
        Names("log/wal").Should().NotBeEmpty();
        Names("data/sync").Should().Equal("checkpoints", "identity", "lock", "segments");
        Directory.EnumerateFileSystemEntries(_folder.At("log"), "*", SearchOption.AllDirectories)
            .Append(_folder.At("log"))
            .Select(path => FileStatus.Of(path)!)
            .Should().OnlyContain(status => Convert.ToString((int)status.Mode, 8)
                == (status.Kind == FileKind.Directory ? "700" : "600"));
    }

    [Fact]
    public void A_member_whose_log_lies_apart_is_refused_without_it_and_goes_on_with_it_wherever_it_was_moved()
    {
        RunAndStop(Pair());

        Refusal(Data()).Should().Be(
            $"{_folder.At("data")} is refused: it holds member a1 of cluster c1, group 1, incarnation 1, and there is no log "
            + $"in {_folder.At("data/sync/wal")}; name the folder that the log lies in with --wal-dir, or, if it is lost, remove "
            + "this member from the cluster and add it again with empty folders.");
        Refusal(Pair("empty")).Should().Contain($"there is no log in {_folder.At("empty/wal")};");
        PosixDirectory.Make(_folder.At("empty/wal"), (UnixFileMode)0b111_000_000);
        Refusal(Pair("empty")).Should().Contain($"there is no log in {_folder.At("empty/wal")};");
        Directory.Move(_folder.At("log"), _folder.At("moved"));

        RequireWhole(Pair("moved"));
    }

    [Fact]
    public void A_log_in_the_data_directory_is_not_passed_over_and_can_be_moved()
    {
        RunAndStop(Data());

        FluentActions.Invoking(() => Pair()).Should().Throw<DataDirectoryException>().WithMessage(
            $"{_folder.At("data/sync/wal")} is refused: it holds the log, and --wal-dir names {_folder.At("log")}; start "
            + "without --wal-dir, or move the log there while the store is stopped: "
            + $"cp -a {_folder.At("data/sync")}/wal* {_folder.At("log")}/ && sync && rm -r {_folder.At("data/sync")}/wal*.");
        Directory.Move(_folder.At("data/sync/wal"), _folder.At("log/wal"));

        RequireWhole(Pair());
    }

    [Fact]
    public void Of_two_logs_none_is_chosen()
    {
        RunAndStop(Pair());
        PosixDirectory.Make(_folder.At("data/sync/wal"), (UnixFileMode)0b111_000_000);
        File.Copy(Directory.GetFiles(_folder.At("log/wal"))[0], _folder.At("data/sync/wal/copy"));

        FluentActions.Invoking(() => Pair()).Should().Throw<DataDirectoryException>()
            .Which.Reason.Should().StartWith($"it holds a log, and so does {_folder.At("log/wal")} below --wal-dir;");
    }

    [Fact]
    public void Another_members_log_is_refused_and_left_as_it_is()
    {
        RunAndStop(Pair());
        var other = DirectoryDriver.Identity with { Member = new MemberId(0xb2) };
        DataDirectory.Open(Pair("others", "other"), other, DirectoryDriver.Small).Dispose();
        var later = _folder.Write("others/wal.77/0000000000000001.log", "of a life that begins");

        Refusal(Pair("others")).Should().Contain("it is another data directory's; name the folders that belong together");
        File.Exists(later).Should().BeTrue();
        FluentActions.Invoking(() => DataDirectory.Open(Pair("log", "new"), other, DirectoryDriver.Small))
            .Should().Throw<DataDirectoryException>()
            .Which.Reason.Should().StartWith($"the file is missing, and {_folder.At("log/wal")} holds data;");

        DataDirectory.Open(Pair("others", "other"), other, DirectoryDriver.Small).Dispose();
        RequireWhole(Pair());
    }

    [Fact]
    public void A_later_life_of_another_member_is_no_life_of_this_one_that_is_over()
    {
        RunAndStop(Pair());
        var other = new KeyspaceMember(Pair("others", "other"), KeyspaceMember.Follower);
        other.Start();
        other.RunTo(20);
        var identity = BeginNewLife(other);
        var later = new KeyspaceMember(Pair("others", "other"), identity) { Acknowledged = 20 };
        later.Start();
        later.RunTo(30);
        later.Stop();

        Refusal(Pair("others")).Should().Contain("there is no log in");

        later.Start();
        later.Applied.Should().Be(30);
        later.Stop();
    }

    [Fact]
    public void Two_members_do_not_share_a_folder()
    {
        var member = new DirectoryDriver(Pair());
        member.Start();

        Refusal(Pair("log", "other")).Should().StartWith($"{_folder.At("log")} is refused: another process uses it");

        member.Stop();
        RequireWhole(Pair(), acknowledged: 0);
    }

    [Fact]
    public void Etcds_own_log_is_refused()
    {
        _folder.Write("log/0000000000000000-0000000000000000.wal", "");

        FluentActions.Invoking(() => Pair()).Should().Throw<DataDirectoryException>()
            .Which.Reason.Should().StartWith("it holds etcd's own log");
    }

    [Theory]
    [InlineData("/data", "/data/sync", true)]
    [InlineData("/data", "/data/sync/wal", true)]
    [InlineData("/data", "/data/sync-log", false)]
    [InlineData("/data", "/data/wal", false)]
    [InlineData("/data", "/data", false)]
    [InlineData("/", "/sync/log", true)]
    public void What_lies_in_the_stores_own_folder_is_told(string dataDirectory, string folder, bool isInHome)
    {
        DiskPair.IsInHome(dataDirectory, folder).Should().Be(isInHome);
    }

    [Fact]
    public void A_folder_in_the_stores_own_is_refused_and_not_made()
    {
        RunAndStop(Data());

        FluentActions.Invoking(() => Pair("data/sync/log/")).Should().Throw<DataDirectoryException>()
            .Which.Reason.Should().StartWith($"the log's folder may not lie in {_folder.At("data/sync")};");

        Directory.Exists(_folder.At("data/sync/log")).Should().BeFalse();
    }

    [Fact]
    public void The_names_of_the_logs_folder_are_durable_before_the_identity_says_that_it_counts()
    {
        var calls = new List<DiskCall>();
        var (data, log) = (new SimulatedDisk(1), new SimulatedDisk(2));
        data.FaultOf = call => Noted(call);
        log.FaultOf = call => Noted(call with { Path = $"log:{call.Path}" });

        DataDirectory.Open(DiskPair.Of(data, log), DirectoryDriver.Identity, DirectoryDriver.Small).Dispose();

        var made = IndexOf(DiskOperation.MakeDirectory, "log:wal");
        var synced = IndexOf(DiskOperation.SyncDirectory, "log:");
        synced.Should().BeInRange(made + 1, IndexOf(DiskOperation.Rename, "sync/identity") - 1);

        int IndexOf(DiskOperation operation, string path) =>
            calls.FindIndex(call => call.Operation == operation && call.Path == path);

        DiskFault Noted(DiskCall call)
        {
            calls.Add(call);
            return DiskFault.None;
        }
    }

    [Fact]
    public void Room_is_needed_on_both_disks_and_what_the_data_needs_is_asked_of_its_own()
    {
        var (data, log) = (new SimulatedDisk(1), new SimulatedDisk(2));
        using var directory = DataDirectory.Open(DiskPair.Of(data, log), DirectoryDriver.Identity, DirectoryDriver.Small);

        directory.HasRoom.Should().BeTrue();
        log.FreeBytes = DirectoryDriver.Small.FreeBytesMin - 1;
        directory.HasRoom.Should().BeFalse();
        DiskPair.Of(data, log).FreeBytesIn("sync/segments").Should().Be(data.FreeBytes);
        (data.FreeBytes, log.FreeBytes) = (log.FreeBytes, data.FreeBytes);
        directory.HasRoom.Should().BeFalse();
    }

    [Fact]
    public void No_rename_leads_from_one_disk_to_the_other()
    {
        var disk = new SimulatedDisk(1);
        disk.MakeDirectory("sync");
        disk.Create("sync/file").Dispose();

        DiskPair.Of(disk, disk).Invoking(pair => pair.Rename("sync/file", "sync/wal")).Should().Throw<InvariantException>();
    }

    private static void RunAndStop(IDisk disk)
    {
        var member = new DirectoryDriver(disk);
        member.Start();
        member.RunTo(60);
        member.Stop();
    }

    private static void RequireWhole(IDisk disk, int acknowledged = 60)
    {
        var member = new DirectoryDriver(disk) { Acknowledged = acknowledged };
        member.Start();
        member.Verify();
        member.Stop();
    }

    private static DirectoryIdentity BeginNewLife(KeyspaceMember member)
    {
        using var directory = member.Directory;
        using var capture = member.Capture();
        return directory.BeginNewLife(capture, new()
        {
            ClusterId = KeyspaceMember.Follower.ClusterId,
            Member = KeyspaceMember.Follower.Member,
            Configuration = new GroupConfiguration(KeyspaceMember.Follower.Member),
            Membership = "members"u8.ToArray(),
        });
    }

    private static string Refusal(IDisk disk) =>
        FluentActions.Invoking(() => DataDirectory.Open(disk, DirectoryDriver.Identity, DirectoryDriver.Small))
            .Should().Throw<DataDirectoryException>().Which.Message;

    private PosixDisk Data(string data = "data") => PosixDisk.Prepare(_folder.At(data));

    private DiskPair Pair(string log = "log", string data = "data") => DiskPair.Prepare(Data(data), _folder.At(log));

    private IEnumerable<string?> Names(string folder) =>
        Directory.EnumerateFileSystemEntries(_folder.At(folder)).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
