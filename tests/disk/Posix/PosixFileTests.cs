using Microsoft.Win32.SafeHandles;
using Sync.Posix;
using Sync.TestKit;

namespace Sync.Disk.Tests.Posix;

public sealed class PosixFileTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const OpenOptions Fresh = OpenOptions.ReadWrite | OpenOptions.Create | OpenOptions.Exclusive;

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_at_an_offset_is_read_there()
    {
        using var file = PosixFile.Open(_folder.At("a"), Fresh, Private);

        file.Write("hello"u8, 3);
        file.SyncContent();
        file.Sync();
        var bytes = new byte[16];
        var count = file.Read(bytes, 1);

        bytes[..count].Should().Equal(0, 0, (byte)'h', (byte)'e', (byte)'l', (byte)'l', (byte)'o');
    }

    [Fact]
    public void A_new_file_has_its_mode_whatever_the_umask()
    {
        const UnixFileMode open = (UnixFileMode)0b110_110_110;
        using var file = PosixFile.Open(_folder.At("a"), Fresh, open);

        var status = file.Status();

        status.Mode.Should().Be(open);
        status.Kind.Should().Be(FileKind.Regular);
        status.User.Should().Be(PosixUser.EffectiveId);
    }

    [Fact]
    public void A_failure_tells_operation_path_error_and_remedy()
    {
        var path = _folder.At("none/at/all");

        var opening = () => PosixFile.Open(path, OpenOptions.Read);

        var failure = opening.Should().Throw<PosixException>().Which;
        failure.Operation.Should().Be("open");
        failure.Path.Should().Be(path);
        failure.Error.Should().Be(Errno.NotFound);
        failure.Message.Should().Contain("ENOENT").And.Contain(path);
    }

    [Fact]
    public void A_full_device_is_told_with_its_remedy()
    {
        using var full = PosixFile.Open("/dev/full", OpenOptions.ReadWrite);

        var writing = () => full.Write("x"u8, 0);

        var failure = writing.Should().Throw<PosixException>().Which;
        failure.Error.Should().Be(Errno.NoSpace);
        failure.Remedy.Should().Contain("free space");
    }

    [Theory]
    [InlineData(5)]
    [InlineData(13)]
    [InlineData(18)]
    [InlineData(24)]
    [InlineData(28)]
    [InlineData(30)]
    public void The_errors_an_operator_can_cure_have_a_remedy(int number)
    {
        new Errno(number).Remedy.Should().EndWith(".");
        new Errno(number).Name.Should().StartWith("E");
    }

    [Fact]
    public void A_locked_file_cannot_be_locked_by_a_second_opening_until_the_first_is_closed()
    {
        using var second = PosixFile.Open(_folder.Write("lock", ""), OpenOptions.ReadWrite);
        using (var first = PosixFile.Open(_folder.At("lock"), OpenOptions.ReadWrite))
        {
            first.TryLock().Should().BeTrue();
            second.TryLock().Should().BeFalse();
        }

        second.TryLock().Should().BeTrue();
    }

    [Fact]
    public void Opening_without_following_refuses_a_symbolic_link()
    {
        _folder.Write("real", "x");
        File.CreateSymbolicLink(_folder.At("link"), _folder.At("real"));

        var opening = () => PosixFile.Open(_folder.At("link"), OpenOptions.NoFollow);

        opening.Should().Throw<PosixException>().Which.Error.Should().Be(Errno.Loop);
        FileStatus.Of(_folder.At("link"))?.Kind.Should().Be(FileKind.SymbolicLink);
    }

    [Fact]
    public void Allocated_space_counts_in_the_size()
    {
        using var file = PosixFile.Open(_folder.At("a"), Fresh, Private);

        var isAllocated = file.Allocate(10_000);

        file.Status().SizeBytes.Should().Be(isAllocated ? 10_000 : 0);
        file.Truncate(100);
        file.Status().SizeBytes.Should().Be(100);
    }

    /// <summary>
    /// A canary. When it fails because the managed flush throws, the runtime is mended and the ban on that
    /// flush can be thought over. Syncing a descriptor that was closed must fail with EBADF.
    /// </summary>
    [Fact]
    public void The_managed_flush_hides_the_error_that_ours_reports()
    {
        using var stale = new SafeFileHandle((nint)0x7fff_0000, ownsHandle: false);

#pragma warning disable RS0030 // The banned call is the subject of the test.
        var managed = () => RandomAccess.FlushToDisk(stale);
#pragma warning restore RS0030

        managed.Should().NotThrow("the runtime's native flush answers 1 instead of -1");
        Libc.SyncData(stale).Should().Be(-1);
        Errno.Last().Should().Be(Errno.BadDescriptor);
    }
}
