using Sync.Disk.Wal;
using Sync.Store.Hosting;
using Sync.Store.Replication;

namespace Sync.Store.Durability;

/// <summary>
/// Makes the log durable on a thread of its own: everything appended while the last sync ran becomes one write
/// and one sync.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="inbox">Hears when writes are durable.</param>
/// <param name="failStop">Ends the process when the disk fails.</param>
internal sealed class LogLoop(WriteAheadLog log, Inbox<MemberRequest> inbox, FailStop failStop) : BackgroundService
{
    // Without writes for so long, it is time to note that all before is durable.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // And for so long, to make durable what nobody waits for: that the last entries are committed.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Forever = Timeout.InfiniteTimeSpan;

    // Every Ready that awaits its sync is posted once, and the core bounds how much waits.
    private readonly Inbox<(long Ticket, ulong ReadyNumber)> _appended = new(int.MaxValue);
    private readonly Queue<(long Ticket, ulong ReadyNumber)> _waiting = new();

    /// <summary>Says that a Ready's writes were appended to the log.</summary>
    /// <param name="ticket">The log's ticket for them.</param>
    /// <param name="readyNumber">The Ready.</param>
    public void Appended(long ticket, ulong readyNumber) => _appended.Post((ticket, readyNumber));

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        stoppingToken.Register(() => _appended.Post((0, 0)));
        return OwnThread.RunAsync("log", () => Run(stoppingToken), failStop);
    }

    private void Run(CancellationToken stopping)
    {
        var pause = Forever;
        while (!stopping.IsCancellationRequested)
        {
            foreach (var appended in _appended.Drain(pause))
            {
                _waiting.Enqueue(appended);
            }

            if (_waiting.Count > 0)
            {
                MakeDurable();
                pause = Pause;
            }
            else
            {
                pause = MarkAfter(pause);
            }
        }
    }

    // How long to wait for more.
    private TimeSpan MarkAfter(TimeSpan pause)
    {
        if (pause == Rest && log.Write())
        {
            log.Sync();
        }

        return log.Mark() ? Forever : Rest;
    }

    private void MakeDurable()
    {
        var durable = log.Write() ? log.Sync() : long.MaxValue;
        var last = 0UL;
        while (_waiting.TryPeek(out var first) && first.Ticket <= durable)
        {
            last = Math.Max(last, _waiting.Dequeue().ReadyNumber);
        }

        if (last > 0)
        {
            inbox.Post(new MemberRequest.Written(last));
        }
    }
}
