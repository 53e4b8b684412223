using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sync.Metad.Keeping;
using Sync.Metad.Model.Backends;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Keeping;

/// <summary>When the file is written, and what its time says.</summary>
public sealed class SnapshotKeeperTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TempDirectory _folder = new();
    private readonly FakeTimeProvider _time = new(Start);
    private readonly LocalFeed _local = new();
    private readonly SnapshotFile _file;
    private readonly SnapshotKeeper _keeper;

    public SnapshotKeeperTests()
    {
        _file = new(_folder.At("kept"), new KeyLayout(prefix: "", group: "default"));
        _keeper = new(_file, _local.Feed, _time, NullLogger<SnapshotKeeper>.Instance);
    }

    public void Dispose()
    {
        _keeper.Dispose();
        _local.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_was_loaded_is_written_at_once_and_what_changed_ten_seconds_later()
    {
        await _keeper.StartAsync(CancellationToken.None);
        _local.Write(("/a", "1"));
        await UntilAsync(kept => kept.Image.Revision == 1);

        _local.Write(("/a", "2"));
        _local.Write(("/a", "3"));
        _file.Read()!.Image.Revision.Should().Be(1, "the ten seconds have only begun");
        await UntilAsync(kept => kept.Image.Revision == 3 && kept.KnownAt >= Start.AddSeconds(10));

        File.GetUnixFileMode(_file.Path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(_folder.FullName).Should().ContainSingle("nothing is left beside it");
    }

    [Fact]
    public async Task A_quiet_store_only_moves_the_files_time_and_one_that_is_away_does_not()
    {
        await _keeper.StartAsync(CancellationToken.None);
        _local.Write(("/a", "1"));
        await UntilAsync(kept => kept.KnownAt >= Start.AddSeconds(20));

        _local.Feed.SetLost(_time.GetUtcNow());
        var last = _file.Read()!.KnownAt;
        _time.Advance(TimeSpan.FromHours(1));
        await _keeper.StopAsync(CancellationToken.None);

        _file.Read()!.KnownAt.Should().Be(last, "nobody has told since then that this is still so");
    }

    [Fact]
    public async Task The_end_writes_what_the_last_seconds_changed()
    {
        await _keeper.StartAsync(CancellationToken.None);
        _local.Write(("/a", "1"));
        await UntilAsync(kept => kept.Image.Revision == 1);
        _local.Write(("/a", "2"));

        await _keeper.StopAsync(CancellationToken.None);

        _file.Read()!.Image.Revision.Should().Be(2);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_tried_again()
    {
        Directory.CreateDirectory(_file.Path);
        await _keeper.StartAsync(CancellationToken.None);
        _local.Write(("/a", "1"));
        _time.Advance(TimeSpan.FromSeconds(10));
        Directory.Delete(_file.Path);

        await UntilAsync(kept => kept.Image.Revision == 1);
    }

    [Fact]
    public async Task A_file_that_others_may_read_or_that_holds_something_else_is_refused()
    {
        await _keeper.StartAsync(CancellationToken.None);
        _local.Write(("/a", "1"));
        await _keeper.StopAsync(CancellationToken.None);
        File.SetUnixFileMode(_file.Path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var read = () => _file.Read();

        read.Should().Throw<FormatException>().WithMessage("*may be read by everybody*");
        Secrets.Write(_folder, "kept", "something else");
        read.Should().Throw<FormatException>().WithMessage("*it is no snapshot*");
        File.Delete(_file.Path);
        read().Should().BeNull();
    }

    // Time goes on in steps until the file is so; each look lets the keeper run.
    private Task UntilAsync(Func<KeptKeys, bool> isSo) => MetadServer.UntilAsync(() =>
    {
        if (_file.Read() is { } kept && isSo(kept))
        {
            return true;
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        return false;
    });
}
