using Sync.Store.Peers;
using Sync.TestKit;

namespace Sync.Store.Tests.Peers;

public class PeerUrlsTests
{
    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(1));

    [Theory]
    [InlineData("http://a:1", "http://a:1", true)]
    [InlineData("http://a:1,http://b:2", "http://b:2,http://a:1", true)]
    [InlineData("http://localhost:1", "http://127.0.0.1:1", true)]
    [InlineData("http://localhost:1,http://127.0.0.2:1", "http://127.0.0.2:1,http://127.0.0.1:1", true)]
    [InlineData("http://localhost:1", "http://127.0.0.1:2", false)]
    [InlineData("http://0.0.0.0:1", "http://127.0.0.1:1", false)]
    [InlineData("http://[::]:1", "http://[::1]:1", false)]
    [InlineData("http://localhost:1", "https://127.0.0.1:1", false)]
    [InlineData("http://localhost:1", "http://127.0.0.2:1", false)]
    [InlineData("http://localhost:1", "http://127.0.0.1:1,http://127.0.0.2:1", false)]
    public async Task Urls_are_compared_by_where_they_lead(string one, string other, bool areSame)
    {
        var (left, right) = (one.Split(','), other.Split(','));

        (await PeerUrls.AreSameAsync(left, right, TimeProvider.System, _limit)).Should().Be(areSame);
        (await PeerUrls.AreSameNowAsync(right, left, _limit)).Should().Be(areSame);
    }

    [Fact]
    public async Task A_name_that_is_not_known_yet_is_looked_up_again_until_the_wait_is_given_up()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_limit);
        var asking = PeerUrls.AreSameAsync(["http://nowhere.invalid:1"], ["http://127.0.0.1:1"], new StoppedClock(stop), stop.Token);

        var act = () => asking;

        await act.Should().ThrowAsync<OperationCanceledException>("it waited to ask again");
    }

    // The clock of a wait that is given up as soon as it begins.
    private sealed class StoppedClock(CancellationTokenSource stop) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            stop.Cancel();
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
