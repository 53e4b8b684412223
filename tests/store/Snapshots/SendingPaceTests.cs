using Sync.Store.Snapshots;

namespace Sync.Store.Tests.Snapshots;

public sealed class SendingPaceTests
{
    private const int PieceBytes = 64 * 1024;
    private const long Rate = 32L * 1024 * 1024;

    [Fact]
    public void A_sender_that_nothing_holds_up_keeps_the_rate()
    {
        var pace = new SendingPace(Rate);
        var now = TimeSpan.Zero;

        for (var piece = 0; piece < 512; piece++)
        {
            now += pace.After(PieceBytes, now);
        }

        now.Should().BeCloseTo(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(25));
    }

    [Fact]
    public void A_timer_that_is_a_little_late_each_time_costs_no_rate()
    {
        var pace = new SendingPace(Rate);
        var now = TimeSpan.Zero;

        for (var piece = 0; piece < 512; piece++)
        {
            var pause = pace.After(PieceBytes, now);
            now += pause > TimeSpan.Zero ? pause + TimeSpan.FromMilliseconds(1.5) : pause;
        }

        now.Should().BeCloseTo(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(25));
    }

    [Fact]
    public void What_a_long_pause_left_out_is_not_sent_in_a_burst()
    {
        var pace = new SendingPace(Rate);
        var now = TimeSpan.Zero;
        now += pace.After(PieceBytes, now);
        now += TimeSpan.FromSeconds(10);

        var sentAtOnce = 0;
        while (pace.After(PieceBytes, now) == TimeSpan.Zero)
        {
            sentAtOnce += PieceBytes;
        }

        sentAtOnce.Should().BeLessThan(1024 * 1024);
    }
}
