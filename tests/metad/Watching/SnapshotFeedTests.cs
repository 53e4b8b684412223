using Sync.Metad.Tests.Running;

namespace Sync.Metad.Tests.Watching;

/// <summary>How far back a reader may come: by number of revisions, and by what they keep in memory.</summary>
public sealed class SnapshotFeedTests
{
    private const int Megabyte = 1024 * 1024;

    [Fact]
    public void A_hundred_and_twenty_eight_small_revisions_are_at_hand()
    {
        using var local = new LocalFeed();
        for (var number = 0; number < 300; number++)
        {
            local.Write(("/a", $"{number}"));
        }

        local.Feed.Find(300).Should().NotBeNull();
        local.Feed.Find(300 - 127).Should().NotBeNull();
        local.Feed.Find(300 - 128).Should().BeNull();
    }

    [Fact]
    public void Large_revisions_are_at_hand_as_far_as_their_bytes_go()
    {
        using var local = new LocalFeed();
        for (var number = 0; number < 20; number++)
        {
            local.Write(("/a", new string('a', 2 * Megabyte)));
        }

        local.Feed.Find(20).Should().NotBeNull();
        local.Feed.Find(17).Should().NotBeNull("what came after it is three times 2 MiB, old and new");
        local.Feed.Find(16).Should().BeNull();
    }

    [Fact]
    public void A_large_one_lets_go_of_all_before_and_counts_for_none_after()
    {
        using var local = new LocalFeed();
        local.Write(("/small", "1"));
        local.Write(("/large", new string('a', 20 * Megabyte)));
        local.Feed.Find(1).Should().BeNull("it differs by 20 MiB");
        for (var number = 0; number < 100; number++)
        {
            local.Write(("/small", $"{number}"));
        }

        local.Feed.Find(2).Should().NotBeNull("nothing of its 20 MiB would go with it");

        local.Write(("/large", null));
        local.Feed.Find(102).Should().BeNull("it alone holds the 20 MiB now");
        local.Feed.Find(103).Should().NotBeNull();
    }
}
