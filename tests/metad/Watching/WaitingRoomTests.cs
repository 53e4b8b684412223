using Sync.Metad.Model.Paths;
using Sync.Metad.Tests.Running;
using Sync.Metad.Watching;
using Sync.TestKit;

namespace Sync.Metad.Tests.Watching;

/// <summary>Who is compared with what, and that nobody is passed over.</summary>
public sealed class WaitingRoomTests
{
    [Fact]
    public void Of_those_who_see_the_same_one_is_compared_for_all()
    {
        using var local = new LocalFeed();
        local.Write(("/d/a", "1"), ("/e", "1"));
        var early = Enumerable.Range(0, 1000).Select(number => NewWaiter(local, "/d", $"10.1.{number / 250}.{number % 250}")).ToList();
        local.Write(("/e", "2"));
        var late = Enumerable.Range(0, 1000).Select(_ => NewWaiter(local, "/d")).ToList();
        var others = Enumerable.Range(0, 10).Select(_ => NewWaiter(local, "/e")).ToList();
        local.Write(("/d/a", "2"));

        var round = new WaitingRound(local.Feed.Current);
        foreach (var waiter in (Waiter[])[.. early, .. late, .. others])
        {
            waiter.Compare(round);
        }

        round.LookCount.Should().Be(2, "two places, of which one has not changed between the two revisions");
        early.Concat(late).Should().OnlyContain(waiter => waiter.Woken.IsCompleted);
        others.Should().NotContain(waiter => waiter.Woken.IsCompleted);
    }

    [Fact]
    public void Of_those_who_wait_at_one_callers_own_part_one_is_compared_for_all()
    {
        using var local = new LocalFeed();
        local.Write(("/d/a", "1"));
        local.Map("/10.0.0.1/mine", "/d/a");
        local.Map("/10.0.0.2/mine", "/d");
        var first = Enumerable.Range(0, 100).Select(_ => NewWaiter(local, "/self")).ToList();
        var second = Enumerable.Range(0, 100).Select(_ => NewWaiter(local, "/self", "10.0.0.2")).ToList();
        local.Write(("/d/b", "1"));

        var round = new WaitingRound(local.Feed.Current);
        foreach (var waiter in (Waiter[])[.. first, .. second])
        {
            waiter.Compare(round);
        }

        round.LookCount.Should().Be(2);
        first.Should().NotContain(waiter => waiter.Woken.IsCompleted);
        second.Should().OnlyContain(waiter => waiter.Woken.IsCompleted);
    }

    [Fact]
    public void Word_of_the_backend_alone_is_no_reason_to_compare()
    {
        using var local = new LocalFeed();
        local.Write(("/d", "1"));
        var waiter = NewWaiter(local, "/d");

        local.Feed.Pass(100);
        local.Feed.SetLost(DateTimeOffset.UnixEpoch);

        var round = new WaitingRound(local.Feed.Current);
        waiter.Compare(round);
        round.LookCount.Should().Be(0);
    }

    [Fact]
    public void What_the_caller_knows_moves_on_until_the_wake_and_stays_then()
    {
        using var local = new LocalFeed();
        local.Write(("/d", "1"));
        var waiter = NewWaiter(local, "/d");
        local.Write(("/elsewhere", "x"));
        waiter.Compare(local.Feed.Current);
        waiter.Known.Revision.Should().Be(local.Revision);

        local.Write(("/d", "2"));
        waiter.Compare(local.Feed.Current);

        waiter.Woken.IsCompleted.Should().BeTrue();
        waiter.Known.Revision.Should().Be(local.Revision - 1);
        Snapshots.Body(waiter.Known.View, Model.Formats.BodyFormat.Json).Should().Be("\"1\"");
    }

    [Fact]
    public async Task A_change_beside_an_entry_is_never_missed()
    {
        using var local = new LocalFeed();
        await local.StartAsync();
        local.Write(("/d", "0"));
        for (var number = 1; number <= 10_000; number++)
        {
            // The waiter goes by the state of before; its entry and the change race.
            var waiter = NewWaiter(local, "/d");
            var entering = Task.Run(() => local.Room.TryEnter(waiter));
            local.Write(("/d", $"{number}"));

            (await entering).Should().BeTrue();
            await waiter.Woken.WaitAsync(Deadline.In(TimeSpan.FromSeconds(60)));
            local.Room.Leave(waiter);
        }

        local.Room.Count.Should().Be(0);
    }

    [Fact]
    public async Task Those_who_are_woken_together_are_answered_with_one_writing()
    {
        using var local = new LocalFeed();
        await local.StartAsync();
        local.Write(("/d/a", "1"));
        var waiting = Enumerable.Range(1, 100).Select(number =>
        {
            local.Caller = $"10.0.1.{number}";
            return local.Ask("/d?wait=true", Stream.Null).Answered;
        }).ToList();

        local.Write(("/d/a", "2"));
        await Task.WhenAll(waiting).WaitAsync(Deadline.In(TimeSpan.FromSeconds(60)));

        local.SharedAt("/d").Should().NotBeNull("the first one kept what it wrote");
        local.Feed.Current.Answers.Find(LocalFeed.KeyOf("/d") with { Client = Snapshots.Client("10.0.1.1") })
            .Should().BeNull("whoever waits again waits for another answer");
    }

    [Fact]
    public async Task Nothing_is_written_at_the_end_of_a_wait_whose_caller_left()
    {
        using var local = new LocalFeed();
        local.Write(("/d/a", "1"));
        using var left = new CancellationTokenSource();
        var gone = local.Ask("/d?wait=true", Stream.Null, left.Token).Answered;

        await left.CancelAsync();

        await gone.Invoking(async task => await task).Should().ThrowAsync<OperationCanceledException>();
        local.SharedAt("/d").Should().BeNull();
    }

    private static Waiter NewWaiter(LocalFeed local, string path, string client = LocalFeed.Client) =>
        new(Snapshots.Client(client), MetadataPath.Split(path), local.Feed.Current, new(UnknownMayRead: true, OnlySelf: false));
}
