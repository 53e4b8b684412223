using System.Runtime.CompilerServices;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Watching;

/// <summary>What those who wait hold on to: a view of the data that is there anyhow, and nothing that was written from it.</summary>
public sealed class WaiterMemoryTests
{
    private const int Rounds = 40;

    [Theory]
    [InlineData("/big?wait=true", "*/*")]
    [InlineData("/?wait=true&recursive=false&timeout_sec=1000", "*/*")]
    [InlineData("/big", "text/event-stream")]
    public async Task Each_enters_after_a_revision_of_its_own_and_a_large_read_and_holds_neither(string target, string accept)
    {
        using var local = new LocalFeed();
        await local.StartAsync();
        local.Write(("/big/a", new string('a', 1024 * 1024)));
        var (states, caches, waiting) = (new List<WeakReference>(), new List<WeakReference>(), new List<Task>());

        for (var round = 0; round < Rounds; round++)
        {
            waiting.Add(Enter(local, round, target, accept, states, caches));
        }

        await MetadServer.UntilAsync(() => local.Room.Count == Rounds);
        for (var round = 0; round < 3; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        // The current one, and one that a thread may still have in hand.
        states.Count(state => state.IsAlive).Should().BeLessThanOrEqualTo(3);
        caches.Count(cache => cache.IsAlive).Should().BeLessThanOrEqualTo(3);
        local.Stop();
        await Task.WhenAll(waiting).WaitAsync(Deadline.In(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void A_state_that_was_superseded_gives_its_answers_back_even_to_those_who_hold_it()
    {
        using var local = new LocalFeed();
        local.Write(("/big", new string('a', 1024 * 1024)));
        using var body = new MemoryStream();
        local.Ask("/big", body).Answered.IsCompletedSuccessfully.Should().BeTrue();
        var held = local.Feed.Current;
        held.Answers.Find(LocalFeed.KeyOf("/big")).Should().NotBeNull();

        local.Feed.SetLost(DateTimeOffset.UnixEpoch);
        local.Feed.Pass(7);
        held.Answers.Find(LocalFeed.KeyOf("/big")).Should().NotBeNull("the snapshot is the same");

        local.Write(("/other", "x"));
        held.Answers.Find(LocalFeed.KeyOf("/big")).Should().BeNull();
    }

    // In a frame of its own, so that nothing of it is on the test's stack afterwards.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task Enter(
        LocalFeed local, int round, string target, string accept, List<WeakReference> states, List<WeakReference> caches)
    {
        local.Write(("/count", $"{round}"));
        using (var body = new MemoryStream())
        {
            local.Ask("/big", body).Answered.IsCompletedSuccessfully.Should().BeTrue();
            body.Length.Should().BeGreaterThan(1024 * 1024);
        }

        states.Add(new(local.Feed.Current));
        caches.Add(new(local.Feed.Current.Answers));
        return local.Ask(target, Stream.Null, default, ("Accept", accept)).Answered;
    }
}
