using System.Text;
using Microsoft.Extensions.Time.Testing;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Endpoints;

/// <summary>A woken request is held back until nothing has changed for a while, by a clock that the test moves.</summary>
public sealed class QuietTimeTests : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);

    // Shorter than the quiet time; five of them are longer than all that a request is held back.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(60);

    private readonly WatchedTime _time = new();
    private readonly LocalFeed _local;
    private readonly MemoryStream _body = new();

    public QuietTimeTests() => _local = new(_time, new() { UnknownMayRead = true, WaitQuiet = Quiet });

    public void Dispose()
    {
        _local.Dispose();
        _body.Dispose();
    }

    [Fact]
    public async Task Changes_within_the_quiet_time_come_in_one_answer()
    {
        var answered = await WaitAsync();
        await ChangeAsync("1");
        _time.Advance(Pause);
        await ChangeAsync("2");
        _time.Advance(Quiet - TimeSpan.FromMilliseconds(1));
        answered.IsCompleted.Should().BeFalse("the second change begins the quiet time anew");

        _time.Advance(TimeSpan.FromMilliseconds(1));

        (await AnswerAsync(answered)).Should().Be("/a\t2\n");
    }

    [Fact]
    public async Task A_quiet_time_ends_under_steady_writes()
    {
        var answered = await WaitAsync();
        for (var round = 1; round <= 5; round++)
        {
            answered.IsCompleted.Should().BeFalse();
            await ChangeAsync($"{round}");
            _time.Advance(Pause);
        }

        (await AnswerAsync(answered)).Should().Be("/a\t5\n");
    }

    private async Task<Task> WaitAsync()
    {
        await _local.StartAsync();
        _local.Write(("/d/a", "0"));
        return _local.Ask("/d?wait=true", _body).Answered;
    }

    // Returns once the request has seen the change, and waits for the next one or for the time.
    private async Task ChangeAsync(string value)
    {
        var timers = _time.TimersMade;
        _local.Write(("/d/a", value));
        await MetadServer.UntilAsync(() => _time.TimersMade > timers);
    }

    private async Task<string> AnswerAsync(Task answered)
    {
        await answered.WaitAsync(Deadline.In(TimeSpan.FromSeconds(60)));
        return Encoding.UTF8.GetString(_body.ToArray());
    }

    private sealed class WatchedTime : FakeTimeProvider
    {
        private int _timersMade;

        public int TimersMade => Volatile.Read(ref _timersMade);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Interlocked.Increment(ref _timersMade);
            return timer;
        }
    }
}
