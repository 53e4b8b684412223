using System.Text;
using Sync.Posix;
using Sync.TestKit;

namespace Sync.Disk.Tests.Posix;

public sealed class AtomicFileTests : IDisposable
{
    private static readonly AtomicFileOptions Usual = new();

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_file_is_made_with_the_mode_of_the_options()
    {
        const UnixFileMode mode = (UnixFileMode)0b110_110_010;

        AtomicFile.Replace(_folder.At("a"), "new"u8, Usual with { Mode = mode });

        File.ReadAllText(_folder.At("a")).Should().Be("new");
        FileStatus.Of(_folder.At("a"))?.Mode.Should().Be(mode);
        Entries().Should().Equal("a");
    }

    [Fact]
    public void The_target_keeps_its_content_until_the_commit()
    {
        _folder.Write("a", "old");

        using var staged = AtomicFile.Stage(_folder.At("a"), "new"u8, Usual);

        File.ReadAllText(_folder.At("a")).Should().Be("old");
        File.ReadAllText(staged.StagedPath).Should().Be("new");
        staged.Commit();
        File.ReadAllText(_folder.At("a")).Should().Be("new");
    }

    [Fact]
    public void A_staged_file_that_is_not_committed_is_removed()
    {
        _folder.Write("a", "old");

        AtomicFile.Stage(_folder.At("a"), "new"u8, Usual).Dispose();

        File.ReadAllText(_folder.At("a")).Should().Be("old");
        Entries().Should().Equal("a");
    }

    [Fact]
    public void A_symbolic_link_is_replaced_and_not_followed()
    {
        _folder.Write("real", "untouched");
        File.CreateSymbolicLink(_folder.At("link"), _folder.At("real"));

        AtomicFile.Replace(_folder.At("link"), "new"u8, Usual);

        File.ReadAllText(_folder.At("real")).Should().Be("untouched");
        FileStatus.Of(_folder.At("link"))?.Kind.Should().Be(FileKind.Regular);
    }

    [Fact]
    public void A_symbolic_link_is_refused_on_demand()
    {
        File.CreateSymbolicLink(_folder.At("link"), _folder.At("dangling"));

        var replacing = () =>
            AtomicFile.Replace(_folder.At("link"), "new"u8, Usual with { RefusesSymbolicLink = true });

        replacing.Should().Throw<PosixException>().Which.Error.Should().Be(Errno.Loop);
        Entries().Should().Equal("link");
    }

    [Fact]
    public void A_target_outside_the_root_is_refused()
    {
        Directory.CreateDirectory(_folder.At("root"));
        Directory.CreateDirectory(_folder.At("outside"));
        Directory.CreateSymbolicLink(_folder.At("root/way-out"), _folder.At("outside"));
        var options = Usual with { Root = _folder.At("root") };

        var byLink = () => AtomicFile.Replace(_folder.At("root/way-out/a"), "x"u8, options);
        var byDots = () => AtomicFile.Replace(_folder.At("root/../outside/a"), "x"u8, options);
        AtomicFile.Replace(_folder.At("root/a"), "x"u8, options);

        byLink.Should().Throw<PosixException>().Which.Error.Should().Be(Errno.CrossDevice);
        byDots.Should().Throw<PosixException>().Which.Error.Should().Be(Errno.CrossDevice);
        Directory.EnumerateFileSystemEntries(_folder.At("outside")).Should().BeEmpty();
    }

    [Fact]
    public void A_folder_is_not_replaced_by_a_file()
    {
        Directory.CreateDirectory(_folder.At("a"));

        var replacing = () => AtomicFile.Replace(_folder.At("a"), "x"u8, Usual);

        replacing.Should().Throw<PosixException>().Which.Error.Should().Be(Errno.IsDirectory);
        Entries().Should().Equal("a");
    }

    [Fact]
    public void The_longest_name_can_be_replaced()
    {
        var name = new string('é', 127);

        AtomicFile.Replace(_folder.At(name), "x"u8, Usual);

        Entries().Should().Equal(name);
    }

    [Fact]
    public async Task A_reader_sees_only_whole_contents()
    {
        var path = _folder.Write("a", new string('0', 5_000));
        using var stop = new CancellationTokenSource();
        var reader = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    var text = File.ReadAllText(path);
                    text.Should().HaveLength(5_000);
                    text.Should().Be(new string(text[0], 5_000));
                }
            },
            Deadline.Default);

        for (var round = 0; round < 200; round++)
        {
            AtomicFile.Replace(path, Encoding.UTF8.GetBytes(new string((char)('a' + (round % 26)), 5_000)), Usual);
        }

        await stop.CancelAsync();
        await reader;
    }

    private IEnumerable<string?> Entries() =>
        Directory.EnumerateFileSystemEntries(_folder.FullName).Select(Path.GetFileName);
}
