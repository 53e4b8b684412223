using Sync.Posix;
using Sync.Raft;
using Sync.TestKit;

namespace Sync.Disk.Tests.Directories;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_member_runs_stops_and_goes_on_on_a_real_disk()
    {
        var driver = new DirectoryDriver(PosixDisk.Prepare(_folder.At("data")));
        driver.Start();
        driver.Directory?.IsNew.Should().BeTrue();
        driver.RunTo(120);
        driver.Stop();

        driver.Start();
        driver.Directory?.IsNew.Should().BeFalse();
        driver.Directory?.Findings.Should().BeEmpty();
        driver.Verify();
        driver.RunTo(180);
        driver.Verify();
        driver.Stop();
    }

    [Fact]
    public void Everything_is_for_its_owner_alone_whatever_the_umask()
    {
        var driver = new DirectoryDriver(PosixDisk.Prepare(_folder.At("data")));
        driver.Start();
        driver.RunTo(60);
        driver.Stop();

        var modes = Directory.EnumerateFileSystemEntries(_folder.At("data"), "*", SearchOption.AllDirectories)
            .Append(_folder.At("data"))
            .Select(path => (path, FileStatus.Of(path)))
            .ToList();

        modes.Should().HaveCountGreaterThan(10);
        modes.Should().OnlyContain(entry => Convert.ToString((int)entry.Item2!.Mode, 8)
            == (entry.Item2.Kind == FileKind.Directory ? "700" : "600"));
    }

    [Fact]
    public void A_directory_in_use_is_refused_and_free_after_the_stop()
    {
        var first = new DirectoryDriver(PosixDisk.Prepare(_folder.At("data")));
        var second = new DirectoryDriver(PosixDisk.Prepare(_folder.At("data")));
        first.Start();

        second.Invoking(driver => driver.Start()).Should().Throw<DataDirectoryException>()
            .Which.Reason.Should().Contain("another process");
        first.Stop();

        second.Start();
        second.Stop();
    }

    [Fact]
    public void Etcds_own_directory_is_refused_with_the_way_to_import_it()
    {
        _folder.Write("data/member/wal/0.wal", "");

        Opening(DirectoryDriver.Identity).Should().Throw<DataDirectoryException>()
            .Which.Reason.Should().Contain("make-mirror");
        Directory.Exists(_folder.At("data/sync")).Should().BeFalse();
        FluentActions.Invoking(() => DataDirectory.FindIdentity(PosixDisk.Prepare(_folder.At("data"))))
            .Should().Throw<DataDirectoryException>();
    }

    [Fact]
    public void Another_clusters_or_members_or_lifes_directory_is_refused()
    {
        Opening(DirectoryDriver.Identity)().Dispose();

        var others = new[]
        {
            DirectoryDriver.Identity with { ClusterId = 1 },
            DirectoryDriver.Identity with { Member = new MemberId(1) },
            DirectoryDriver.Identity with { Group = new GroupId(2) },
            DirectoryDriver.Identity with { Incarnation = new Incarnation(2) },
        };

        foreach (var other in others)
        {
            Opening(other).Should().Throw<DataDirectoryException>().Which.Reason.Should().Contain("member a1 of cluster c1");
        }

        DataDirectory.FindIdentity(PosixDisk.Prepare(_folder.At("data"))).Should().Be(DirectoryDriver.Identity);
    }

    [Theory]
    [InlineData("data", 0b111_111_000)]
    [InlineData("data", 0b111_000_010)]
    [InlineData("data/sync", 0b111_010_000)]
    [InlineData("data/sync/wal", 0b111_111_111)]
    public void A_folder_that_others_may_write_to_is_refused(string path, int mode)
    {
        Opening(DirectoryDriver.Identity)().Dispose();
        using (var folder = PosixDirectory.Open(_folder.At(path)))
        {
            folder.ChangeMode((UnixFileMode)mode);
        }

        Opening(DirectoryDriver.Identity).Should().Throw<DataDirectoryException>()
            .Which.Reason.Should().Contain("chmod go-w");
    }

    [Theory]
    [InlineData("data")]
    [InlineData("data/sync")]
    [InlineData("data/sync/segments")]
    public void A_symbolic_link_is_refused(string path)
    {
        Opening(DirectoryDriver.Identity)().Dispose();
        Directory.Move(_folder.At(path), _folder.At("elsewhere"));
        Directory.CreateSymbolicLink(_folder.At(path), _folder.At("elsewhere"));

        Opening(DirectoryDriver.Identity).Should().Throw<DataDirectoryException>()
            .Which.Reason.Should().Contain("symbolic link");
    }

    [Fact]
    public void A_file_in_the_place_of_the_directory_is_refused()
    {
        _folder.Write("data", "");

        Opening(DirectoryDriver.Identity).Should().Throw<DataDirectoryException>()
            .Which.Reason.Should().Contain("not a folder");
    }

    [Fact]
    public void A_missing_identity_beside_data_is_refused()
    {
        var driver = new DirectoryDriver(PosixDisk.Prepare(_folder.At("data")));
        driver.Start();
        driver.RunTo(3);
        driver.Stop();
        File.Delete(_folder.At("data/sync/identity"));

        Opening(DirectoryDriver.Identity).Should().Throw<DataDirectoryException>()
            .Which.Reason.Should().Contain("missing");
    }

    [Fact]
    public void What_a_crash_left_unfinished_is_cleaned_up()
    {
        var driver = new DirectoryDriver(PosixDisk.Prepare(_folder.At("data")));
        driver.Start();
        driver.RunTo(40);
        driver.Stop();
        var leftovers = new[]
        {
            "wal/next.tmp", "segments/index.tmp", "segments/000fffff.values", "segments/000fffff.index",
            "checkpoints/checkpoint.tmp",
        };
        foreach (var leftover in leftovers)
        {
            _folder.Write($"data/sync/{leftover}", "half");
        }

        driver.Start();
        driver.Verify();
        driver.Stop();

        leftovers.Should().OnlyContain(leftover => !File.Exists(_folder.At($"data/sync/{leftover}")));
    }

    [Fact]
    public void A_damaged_newest_checkpoint_is_refused_and_the_one_before_serves_once_it_is_moved_away()
    {
        var driver = new DirectoryDriver(PosixDisk.Prepare(_folder.At("data")));
        driver.Start();
        driver.RunTo(47);
        driver.Stop();
        var newest = Directory.GetFiles(_folder.At("data/sync/checkpoints")).Order(StringComparer.Ordinal).Last();
        var bytes = File.ReadAllBytes(newest);
        bytes[50] ^= 1;
        File.WriteAllBytes(newest, bytes);

        driver.Invoking(driver => driver.Start()).Should().Throw<DamageException>()
            .Which.Remedy.Should().Contain("at entry 30").And.Contain("move the damaged file away");
        File.Delete(newest);

        driver.Start();
        driver.Directory?.Checkpoints.Newest?.Applied.Should().Be(new LogIndex(30));
        driver.Verify();
        driver.Stop();
    }

    private Func<DataDirectory> Opening(DirectoryIdentity identity) => () =>
        DataDirectory.Open(PosixDisk.Prepare(_folder.At("data")), identity, DirectoryDriver.Small);
}
