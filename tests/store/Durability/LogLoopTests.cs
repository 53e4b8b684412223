using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Sync.Disk;
using Sync.Raft;
using Sync.Raft.Log;
using Sync.Store.Durability;
using Sync.Store.Hosting;
using Sync.Store.Replication;
using Sync.TestKit;

namespace Sync.Store.Tests.Durability;

public sealed class LogLoopTests : IDisposable
{
    private static readonly DirectoryIdentity Identity = new(1, new MemberId(1), GroupId.First, Incarnation.First);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(1));
    private readonly TempDirectory _folder = new();
    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);

    public void Dispose() => _folder.Dispose();

    // That the last entry is committed: a member that starts again, or is forced to go on alone, knows it then.
    [Fact]
    public async Task What_nobody_waits_for_is_durable_when_nothing_has_been_written_for_a_while()
    {
        using var directory = DataDirectory.Open(PosixDisk.Prepare(_folder.At("data")), Identity, new DirectorySettings());
        var inbox = new Inbox<MemberRequest>(capacity: 10);
        using var loop = new LogLoop(directory.Log, inbox, new FailStop(_lifetime, NullLogger<FailStop>.Instance));
        await loop.StartAsync(_limit);
        var log = directory.Log[GroupId.First];
        var entry = new Entry(new Term(1), new LogIndex(1), EntryKind.Normal, new byte[] { 1 });

        loop.Appended(log.Append([entry], new HardState(new Term(1), MemberId.None, LogIndex.None)), readyNumber: 1);
        var durable = await Task.Run(() => inbox.Drain(TimeSpan.FromSeconds(30)).ToList(), _limit);
        durable.Should().ContainSingle().Which.Should().BeOfType<MemberRequest.Written>();
        log.Append([], new HardState(new Term(1), MemberId.None, new LogIndex(1)));

        using var timer = new PeriodicTimer(LookInterval);
        while (CommitOfCopy() != new LogIndex(1))
        {
            await timer.WaitForNextTickAsync(_limit);
        }

        await loop.StopAsync(_limit);
    }

    // What a crash would leave at this moment, if the system had written all that it was given.
    private LogIndex CommitOfCopy()
    {
        using var copy = new TempDirectory();
        var data = _folder.At("data");
        foreach (var folder in Directory.GetDirectories(data, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(copy.At(Path.GetRelativePath(data, folder)));
        }

        foreach (var file in Directory.GetFiles(data, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "lock"))
        {
            File.Copy(file, copy.At(Path.GetRelativePath(data, file)));
        }

        using var opened = DataDirectory.Open(PosixDisk.Prepare(copy.FullName), Identity, new DirectorySettings());
        return opened.Log[GroupId.First].HardState.Commit;
    }
}
