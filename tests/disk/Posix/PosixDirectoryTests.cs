using Sync.Posix;
using Sync.TestKit;

namespace Sync.Disk.Tests.Posix;

public sealed class PosixDirectoryTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_directory_tells_how_much_of_its_file_system_is_free()
    {
        using var directory = PosixDirectory.Open(_folder.FullName);
        var expected = new DriveInfo(_folder.FullName).AvailableFreeSpace;

        // Others write to the same file system meanwhile.
        directory.FreeBytes().Should().BeInRange(expected / 2, expected * 2);
    }

    [Fact]
    public void A_directory_is_made_with_its_mode_and_only_once()
    {
        const UnixFileMode open = (UnixFileMode)0b111_111_111;

        var first = PosixDirectory.Make(_folder.At("d"), open);
        var second = PosixDirectory.Make(_folder.At("d"), UnixFileMode.None);

        (first, second).Should().Be((true, false));
        FileStatus.Of(_folder.At("d"))?.Mode.Should().Be(open);
    }

    [Fact]
    public void Rename_replaces_and_link_adds_and_unlink_removes_a_name()
    {
        _folder.Write("a", "new");
        _folder.Write("b", "old");
        using var directory = PosixDirectory.Open(_folder.FullName);

        directory.Rename("a", "b");
        directory.Link("b", "c");
        directory.Sync();

        File.ReadAllText(_folder.At("b")).Should().Be("new");
        directory.StatusOf("c")?.Links.Should().Be(2);
        directory.StatusOf("a").Should().BeNull();
        directory.Unlink("c").Should().BeTrue();
        directory.Unlink("c").Should().BeFalse();
    }

    [Fact]
    public void Rename_across_file_systems_is_refused_and_not_copied()
    {
        using var directory = PosixDirectory.Open(_folder.FullName);
        _folder.Write("a", "x");
        var other = $"/dev/shm/sync-{Guid.NewGuid():N}";

        var renaming = () => directory.Rename("a", other);

        if (FileStatus.Of("/dev/shm")?.Device != FileStatus.Of(_folder.FullName)?.Device)
        {
            renaming.Should().Throw<PosixException>().Which.Error.Should().Be(Errno.CrossDevice);
        }

        File.Exists(other).Should().BeFalse();
    }

    [Theory]
    [InlineData("..")]
    [InlineData("inside/../..")]
    [InlineData("out")]
    [InlineData("/etc")]
    public void Nothing_outside_is_opened_beneath(string path)
    {
        Directory.CreateDirectory(_folder.At("inside"));
        Directory.CreateSymbolicLink(_folder.At("out"), "/etc");
        using var directory = PosixDirectory.Open(_folder.FullName);

        var opening = () => directory.OpenBeneath(path);

        opening.Should().Throw<PosixException>().Which.Error.Should().Be(Errno.CrossDevice);
    }

    [Fact]
    public void A_directory_inside_is_opened_beneath()
    {
        _folder.Write("one/two/file", "x");
        using var directory = PosixDirectory.Open(_folder.FullName);

        using var inside = directory.OpenBeneath("one/../one/two");

        inside.StatusOf("file")?.SizeBytes.Should().Be(1);
    }
}
