using Sync.Store.Replication;
using Sync.TestKit;

namespace Sync.Store.Tests.Replication;

public class InboxTests
{
    [Fact]
    public void What_was_posted_meanwhile_is_one_batch_in_order()
    {
        var inbox = new Inbox<int>(capacity: 10);
        inbox.TryPost(1);
        inbox.TryPost(2);

        inbox.Drain(TimeSpan.Zero).Should().Equal(1, 2);
        inbox.Drain(TimeSpan.Zero).Should().BeEmpty();
    }

    [Fact]
    public void A_full_inbox_refuses_requests_and_takes_facts()
    {
        var inbox = new Inbox<int>(capacity: 1);

        inbox.TryPost(1).Should().BeTrue();
        inbox.TryPost(2).Should().BeFalse();
        inbox.Post(3);

        inbox.Drain(TimeSpan.Zero).Should().Equal(1, 3);
    }

    [Fact]
    public void An_inbox_that_is_full_of_bytes_refuses_requests_until_it_is_drained()
    {
        var inbox = new Inbox<int>(capacity: 10, reserve: 10, bytesMax: 100);

        inbox.TryPost(1, bytes: 99).Should().BeTrue();
        inbox.TryPost(2, bytes: 51).Should().BeTrue("one may go beyond");
        inbox.TryPost(3, bytes: 1).Should().BeFalse();
        inbox.TryPostReserved(4, bytes: 50).Should().BeTrue();
        inbox.TryPostReserved(5, bytes: 1).Should().BeFalse();
        inbox.Post(6);

        inbox.Drain(TimeSpan.Zero).Should().Equal(1, 2, 4, 6);
        inbox.TryPost(7, bytes: 99).Should().BeTrue();
    }

    [Fact]
    public async Task A_post_wakes_the_reader_that_sleeps()
    {
        var inbox = new Inbox<int>(capacity: 10);
        var reading = Task.Run(() => inbox.Drain(Timeout.InfiniteTimeSpan).ToList());

        inbox.Post(7);

        (await reading.WaitAsync(Deadline.Default)).Should().Equal(7);
    }

    [Fact]
    public async Task Nothing_is_lost_between_many_posters_and_one_reader()
    {
        const int Posters = 4;
        const int Each = 20_000;
        var inbox = new Inbox<int>(int.MaxValue);
        var posting = Enumerable.Range(0, Posters).Select(poster => Task.Run(() =>
        {
            for (var number = 0; number < Each; number++)
            {
                inbox.Post((poster * Each) + number);
            }
        })).ToList();

        var seen = new HashSet<int>();
        var deadline = Deadline.Default;
        while (seen.Count < Posters * Each)
        {
            deadline.ThrowIfCancellationRequested();
            foreach (var item in inbox.Drain(TimeSpan.FromSeconds(5)))
            {
                seen.Add(item).Should().BeTrue();
            }
        }

        await Task.WhenAll(posting);
    }
}
