using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Storms;

/// <summary>
/// confd and metad follow random changes while the store is killed, restarted, compacted and away, and while they
/// themselves are stopped in their tracks. What they show in the end is what the store has in the end, and what
/// they show in between is always one revision. <c>SYNC_STORM_CHANGES</c> sets how many changes there are.
/// </summary>
public sealed class StormTests
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CatchUpMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    [Fact]
    public Task Confd_follows_our_store() =>
        FollowAsync(StoreProgram.Ours, ConfdFollower.StartAsync, ChangesOr(500), Outage);

    [Fact]
    public Task Metad_follows_our_store() =>
        FollowAsync(StoreProgram.Ours, MetadFollower.StartAsync, ChangesOr(300), Outage / 2);

    [DebianFact("etcd")]
    public Task Metad_follows_etcd() =>
        FollowAsync(StoreProgram.Etcd, MetadFollower.StartAsync, changes: 500, Outage / 10);

    private static int ChangesOr(int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable("SYNC_STORM_CHANGES"), out var changes) ? changes : usual;

    private static async Task FollowAsync(
        StoreProgram program, Func<StoreServer, Task<IFollower>> startAsync, int changes, TimeSpan outage)
    {
        using var directory = new TempDirectory();
        await using var server = await StoreServer.StartAsync(program, directory.At("member"), Deadline.In(StartMax));
        using var storm = new ChangeStorm(server, seed: 7);
        await using var follower = await startAsync(server);
        using var looking = new CancellationTokenSource();
        var looks = LookAsync(follower, looking.Token);

        await ChangeUnderFaultsAsync(storm, server, follower, changes, outage);
        await CatchUpAsync(storm, follower);
        await looking.CancelAsync();

        (await looks).Should().BeGreaterThan(10, "the view was looked at all the time");
        (await follower.Process.StopAsync(Deadline.In(StartMax))).Should().Be(0);
    }

    private static async Task ChangeUnderFaultsAsync(
        ChangeStorm storm, StoreServer server, IFollower follower, int changes, TimeSpan outage)
    {
        var fifth = changes / 5;
        await storm.ChangeAsync(fifth);

        // A crash, with changes that wait for the store to come back.
        await server.KillAsync();
        await Task.WhenAll(storm.ChangeAsync(fifth), server.StartAgainAsync(Deadline.In(StartMax)));

        // History that the follower has not seen is compacted away while it stands still.
        await follower.Process.PauseAsync();
        await storm.ChangeAsync(fifth);
        await storm.CompactAsync();
        await storm.ChangeAsync(fifth);
        await follower.Process.ResumeAsync();
        await CatchUpAsync(storm, follower);

        // An orderly restart with an outage, and a compaction right behind it.
        await server.StopAsync(Deadline.In(StartMax));
        await Task.Delay(outage, TimeProvider.System);
        await server.StartAgainAsync(Deadline.In(StartMax));
        await storm.ChangeAsync(fifth / 2);
        await storm.CompactAsync();
        await storm.ChangeAsync(fifth / 2);
    }

    private static async Task CatchUpAsync(ChangeStorm storm, IFollower follower)
    {
        var state = await storm.StateAsync();
        var limit = Deadline.In(CatchUpMax);
        using var timer = new PeriodicTimer(LookInterval);
        IReadOnlyDictionary<string, string>? view = null;
        try
        {
            while (view is null || !IsEqual(view, state))
            {
                await timer.WaitForNextTickAsync(limit);
                view = await follower.ViewAsync(limit);
            }
        }
        catch (OperationCanceledException)
        {
            view.Should().Equal(state, $"the last view equals the last state\n{follower.Process.Log.Tail(count: 20)}");
        }
    }

    private static bool IsEqual(IReadOnlyDictionary<string, string> view, IReadOnlyDictionary<string, string> state) =>
        view.Count == state.Count && state.All(pair => view.GetValueOrDefault(pair.Key) == pair.Value);

    private static async Task<int> LookAsync(IFollower follower, CancellationToken cancellationToken)
    {
        var looks = 0;
        using var timer = new PeriodicTimer(LookInterval);
        try
        {
            for (; await timer.WaitForNextTickAsync(cancellationToken); looks++)
            {
                if (await follower.ViewAsync(cancellationToken) is { } view)
                {
                    view.GetValueOrDefault(ChangeStorm.FirstGeneration).Should().Be(
                        view.GetValueOrDefault(ChangeStorm.SecondGeneration), "a view is of one revision");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The storm is over.
        }

        return looks;
    }
}
