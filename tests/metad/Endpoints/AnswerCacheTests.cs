using Sync.Metad.Endpoints;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Paths;
using Sync.Metad.Tests.Running;

namespace Sync.Metad.Tests.Endpoints;

/// <summary>Which answers are kept, for how long, and that none of them takes the room of the others.</summary>
public sealed class AnswerCacheTests
{
    private const int Megabyte = 1024 * 1024;

    private readonly AnswerCache _cache = new(revision: 1);

    [Fact]
    public void An_answer_that_is_too_large_is_not_kept_and_costs_nothing()
    {
        var large = Body(AnswerCache.AnswerBytesMax + 1);
        for (var round = 0; round < 100; round++)
        {
            _cache.Keep(Key("10.0.0.1", $"/large/{round}"), large);
        }

        _cache.Keep(Key("10.0.0.1", "/small"), Body(1));

        _cache.Find(Key("10.0.0.1", "/large/0")).Should().BeNull();
        _cache.Find(Key("10.0.0.1", "/small")).Should().NotBeNull();
    }

    [Fact]
    public void What_finds_no_room_leaves_room_for_what_is_smaller()
    {
        var three = Body(3 * Megabyte);
        for (var round = 0; round < 100; round++)
        {
            _cache.Keep(Key($"10.0.0.{round}", "/three"), three);
        }

        _cache.Keep(Key("10.0.1.1", "/small"), Body(Megabyte / 2));

        Enumerable.Range(0, 100).Count(round => _cache.Find(Key($"10.0.0.{round}", "/three")) is not null)
            .Should().Be(5, "five times 3 MiB are within 16");
        _cache.Find(Key("10.0.1.1", "/small")).Should().NotBeNull();
    }

    [Fact]
    public void The_same_answer_kept_again_is_counted_once()
    {
        var answer = Body(Megabyte);
        for (var round = 0; round < 10_000; round++)
        {
            _cache.Keep(Key("10.0.0.1", "/same"), answer);
        }

        for (var round = 0; round < 14; round++)
        {
            _cache.Keep(Key("10.0.0.2", $"/{round}"), answer);
        }

        _cache.Find(Key("10.0.0.2", "/13")).Should().NotBeNull();
    }

    [Fact]
    public void One_caller_leaves_room_for_others()
    {
        for (var round = 0; round < 10_000; round++)
        {
            _cache.Keep(Key("10.0.0.1", $"/{round}"), Body(1));
        }

        _cache.Keep(Key("10.0.0.2", "/mine"), Body(1));

        Enumerable.Range(0, 10_000).Count(round => _cache.Find(Key("10.0.0.1", $"/{round}")) is not null)
            .Should().Be(AnswerCache.AnswersPerAccountMax);
        _cache.Find(Key("10.0.0.2", "/mine")).Should().NotBeNull();
    }

    [Fact]
    public void A_closed_cache_is_empty_and_stays_so()
    {
        _cache.Keep(Key("10.0.0.1", "/before"), Body(1));

        _cache.Close();

        _cache.Keep(Key("10.0.0.1", "/after"), Body(1));
        _cache.Find(Key("10.0.0.1", "/before")).Should().BeNull();
        _cache.Find(Key("10.0.0.1", "/after")).Should().BeNull();
    }

    [Fact]
    public void What_a_query_says_beside_what_is_understood_makes_no_other_answer()
    {
        using var local = new LocalFeed();
        local.Write(("/a/b", "v"));
        local.Read("/a");
        var kept = local.Feed.Current.Answers.Find(LocalFeed.KeyOf("/a"));

        for (var number = 0; number < 5_000; number++)
        {
            local.Read($"/a?junk={number}&pretty=true");
        }

        local.Read("/a?recursive=false").Should().Be("b\n");
        local.Read("/a/?format=json").Should().Be("""{"b":"v"}""");
        local.Read("/a?format=json&pretty=true").Should().Be("{\n  \"b\": \"v\"\n}");
        local.Read("/a/b");
        local.Feed.Current.Answers.Find(LocalFeed.KeyOf("/a")).Should().BeSameAs(kept).And.NotBeNull();
        local.Feed.Current.Answers.Find(LocalFeed.KeyOf("/a/b")).Should().NotBeNull("there is still room for one more");
    }

    [Fact]
    public void What_callers_see_alike_is_written_once_and_what_is_hidden_from_one_stays_hidden()
    {
        using var local = new LocalFeed();
        local.Write(("/d/a", "1"), ("/d/secret", "2"));
        local.Rule("10.0.0.2", """[{"path":"/","mode":1},{"path":"/d/secret","mode":0}]""");
        const string Everything = """{"a":"1","secret":"2"}""";

        foreach (var (caller, expected) in new[]
        {
            ("10.0.0.1", Everything), ("10.0.0.2", """{"a":"1"}"""), ("10.0.0.3", Everything), ("10.0.0.2", """{"a":"1"}"""),
        })
        {
            local.Caller = caller;
            local.Read("/d?format=json").Should().Be(expected, caller);
        }

        local.Caller = "10.0.0.1";
        local.Read("/d");
        var shared = local.SharedAt("/d");
        local.Caller = "10.0.0.3";
        local.Read("/d");
        shared.Should().NotBeNull();
        local.SharedAt("/d").Should().BeSameAs(shared);
        local.Feed.Current.Answers.Find(Key("10.0.0.3", "/d")).Should().BeSameAs(shared);
    }

    private static AnswerKey Key(string client, string path) =>
        LocalFeed.KeyOf(path) with { Client = Snapshots.Client(client), Path = MetadataPath.Split(path) };

    private static Answer Body(int bytes)
    {
        var buffer = new ByteBuffer(bytes);
        buffer.Append(new byte[bytes]);
        return Answer.Of(buffer, BodyFormat.Text);
    }
}
