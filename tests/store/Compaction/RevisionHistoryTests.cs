using Sync.Mvcc;
using Sync.Store.Compaction;

namespace Sync.Store.Tests.Compaction;

public class RevisionHistoryTests
{
    [Fact]
    public void The_newest_revision_older_than_the_retention_is_given()
    {
        var history = new RevisionHistory(TimeSpan.FromMinutes(10));

        history.Note(new Revision(5), Minutes(0)).Should().Be(Revision.None);
        history.Note(new Revision(8), Minutes(5)).Should().Be(Revision.None);
        history.Note(new Revision(9), Minutes(10)).Should().Be(new Revision(5));
        history.Note(new Revision(9), Minutes(30)).Should().Be(new Revision(9));
    }

    [Fact]
    public void The_latest_state_is_never_given_at_once()
    {
        var history = new RevisionHistory(TimeSpan.FromMinutes(1));

        history.Note(new Revision(100), Minutes(1000)).Should().Be(Revision.None);
    }

    private static TimeSpan Minutes(int minutes) => TimeSpan.FromMinutes(minutes);
}
