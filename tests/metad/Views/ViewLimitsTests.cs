using System.Text;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Tests.Views;

/// <summary>Parts of a directory: fewer levels, pages, names alone.</summary>
public sealed class ViewLimitsTests
{
    private const string Client = "10.0.0.1";

    private static readonly MetadataSnapshot Snapshot = Snapshots.Of(
        """{"a":{"x":{"deep":"1"},"y":"2"},"b":"3","c":{"z":"4"},"hidden":{"h":"5"}}""",
        """{"10.0.0.1":{"n":"/a"}}""",
        """{"10.0.0.1":[{"path":"/","mode":1},{"path":"/hidden","mode":0}]}""");

    [Theory]
    [InlineData(1, """{"a":{},"b":"3","c":{},"self":{}}""")]
    [InlineData(2, """{"a":{"x":{},"y":"2"},"b":"3","c":{"z":"4"},"self":{"n":{}}}""")]
    [InlineData(9, """{"a":{"x":{"deep":"1"},"y":"2"},"b":"3","c":{"z":"4"},"self":{"n":{"x":{"deep":"1"},"y":"2"}}}""")]
    public void Levels_below_the_depth_are_empty_objects(int depth, string expected) =>
        Body(new(depth, Count: null, After: null), BodyFormat.Json).Should().Be(expected);

    [Fact]
    public void In_text_and_yaml_a_cut_directory_shows_as_one()
    {
        Body(new(2, Count: null, After: null), BodyFormat.Text).Should().Be("/a/x/\t\n/a/y\t2\n/b\t3\n/c/z\t4\n/self/n/\t\n");
        Body(new(1, Count: null, After: null), BodyFormat.Yaml).Should().Be("a: {}\nb: \"3\"\nc: {}\nself: {}\n");
    }

    [Fact]
    public void Pages_hold_every_visible_member_once()
    {
        var seen = new List<string>();
        byte[]? after = null;
        do
        {
            var view = new ViewLimits(Depth: null, Count: 2, after).Apply(See("/"), out var next);
            seen.AddRange(Names(view));
            after = next?.Bytes.ToArray();
        }
        while (after is not null);

        seen.Should().Equal("a/", "b", "c/", "self/");
    }

    [Fact]
    public void A_page_that_ends_with_the_last_member_names_no_next()
    {
        new ViewLimits(Depth: null, Count: 4, After: null).Apply(See("/"), out var next);

        next.Should().BeNull();
    }

    [Fact]
    public void A_leaf_is_never_limited()
    {
        var leaf = See("/b");

        new ViewLimits(Depth: 1, Count: 1, "z"u8.ToArray()).Apply(leaf, out NodeName? next).Should().BeSameAs(leaf);
        next.Should().BeNull();
    }

    [Theory]
    [InlineData(BodyFormat.Text, "a/\nb\nc/\nself/\n")]
    [InlineData(BodyFormat.Json, """["a/","b","c/","self/"]""")]
    [InlineData(BodyFormat.Yaml, "- a/\n- b\n- c/\n- self/\n")]
    public void A_listing_holds_names_with_a_slash_behind_directories(BodyFormat format, string expected)
    {
        var buffer = new ByteBuffer();
        ListingFormat.Write(buffer, See("/"), format);

        Encoding.UTF8.GetString(buffer.Written).Should().Be(expected);
    }

    private static View See(string path) => Snapshot.See(Client, path)!;

    private static string Body(ViewLimits limits, BodyFormat format) => Snapshots.Body(limits.Apply(See("/"), out _), format);

    private static string[] Names(View view)
    {
        var buffer = new ByteBuffer();
        ListingFormat.Write(buffer, view, BodyFormat.Text);
        return Encoding.UTF8.GetString(buffer.Written).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
