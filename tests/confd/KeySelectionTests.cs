using CsCheck;
using Sync.Confd.Plan.Keys;

namespace Sync.Confd.Tests;

public sealed class KeySelectionTests
{
    private static readonly string[] Segments = ["a", "b", "ab", "..", ".", "", "*", "a/"];

    private static readonly Gen<string> Paths = Gen.Int[0, Segments.Length - 1].Select(index => Segments[index])
        .List[0, 5].Select(parts => string.Join('/', parts));

    [Theory]
    [InlineData("", "/", "/a/b", "/a/b")]
    [InlineData("", "a/b", "/a/b", "/a/b")]
    [InlineData("/p", "/k", "/p/k/x", "/k/x")]
    [InlineData("p/", "/k/", "/p/k", "/k")]
    [InlineData("/p", "/k/*", "/p/k/x", "/k/x")]
    [InlineData("/", "/k", "/k", "/k")]
    [InlineData("/p", "/k", "/p/k//x", "/k/x")]
    public void A_selected_key_loses_the_prefix(string prefix, string key, string stored, string name)
    {
        var selection = KeySelection.Of(prefix, [key]);

        selection.Covers(stored).Should().BeTrue();
        selection.NameOf(stored).Should().Be(name);
    }

    [Theory]
    [InlineData("", "/foo", "/foobar")]
    [InlineData("/foo", "/", "/foobar")]
    [InlineData("/p", "/k", "/k")]
    [InlineData("", "/foo", "/fo")]
    [InlineData("", "/foo", "foo")]
    public void A_neighbour_is_not_selected(string prefix, string key, string stored) =>
        KeySelection.Of(prefix, [key]).Covers(stored).Should().BeFalse();

    [Fact]
    public void A_key_that_climbs_out_of_the_prefix_is_fetched_but_has_no_name()
    {
        var selection = KeySelection.Of("/p", ["../k"]);

        selection.Roots.Should().Equal("/k");
        selection.NameOf("/k").Should().BeNull();
    }

    [Fact]
    public void A_root_below_another_says_nothing_more() =>
        KeySelection.Of("/p", ["/a/b", "/a", "/a", "/ab", "/c/d/"]).Roots.Should().Equal("/p/a", "/p/ab", "/p/c/d");

    [Theory]
    [InlineData("/g", "/r", PrefixMode.Replace, "/g")]
    [InlineData("", "/r", PrefixMode.Replace, "/r")]
    [InlineData("/g", "", PrefixMode.Join, "/g")]
    [InlineData("/g/", "/r/", PrefixMode.Join, "/g/r")]
    [InlineData("", "", PrefixMode.Join, "/")]
    public void Two_prefixes_replace_or_join(string global, string own, PrefixMode mode, string prefix) =>
        KeySelection.PrefixOf(global, own, mode).Should().Be(prefix);

    [Fact]
    public void Cleaning_twice_is_cleaning_once_and_leaves_no_way_up() =>
        Paths.Sample(path =>
        {
            var clean = KeyPath.Clean(path);

            clean.Should().StartWith("/").And.NotContain("//");
            clean.Split('/').Should().NotContain("..").And.NotContain(".");
            KeyPath.Clean(clean).Should().Be(clean);
        });

    [Fact]
    public void The_outermost_roots_cover_what_all_roots_covered() =>
        Gen.Select(Paths.List[1, 6], Paths).Sample((roots, key) =>
        {
            var all = roots.ConvertAll(root => KeyPath.Clean(root.Replace('*', 'x')));
            var stored = KeyPath.Clean(key);

            KeySelection.Of("", all).Covers(stored).Should().Be(all.Exists(root =>
                root == "/" || stored == root || stored.StartsWith(root + "/", StringComparison.Ordinal)));
        });
}
