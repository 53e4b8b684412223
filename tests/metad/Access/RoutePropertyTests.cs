using System.Globalization;
using System.Text;
using CsCheck;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Tests.Running;

namespace Sync.Metad.Tests.Access;

/// <summary>
/// Random rules, trees and mappings, asked over every route and in every form: no answer holds a value that the naive
/// reading of the rules hides, and the root holds all that it shows.
/// </summary>
public sealed class RoutePropertyTests
{
    private static readonly Gen<string> Segment = Gen.OneOf("a", "b", "c", "a-b", "*");

    private static readonly Gen<string> Place =
        Segment.Array[1, 4].Select(segments => "/" + string.Join('/', segments));

    private static readonly Gen<(string Path, int Mode)> Rule = Gen.Select(
        Gen.OneOf(Place, Gen.Const("/")), Gen.OneOf(0, 0, 1, 1));

    private static readonly Gen<string> Target = Gen.OneOf(Place, Gen.Const("/"), Place.Select(place => $"{place}/"));

    private static readonly string[] Forms = ["text", "json", "yaml", "env", "dotenv"];

    [Fact]
    public void No_route_shows_what_the_rules_hide() =>
        Gen.Select(Rule.Array[1, 6], Place.Array[1, 10], Target.Array[5])
            .Sample((rules, paths, targets) =>
            {
                using var local = new LocalFeed(options: new());
                local.Rule(LocalFeed.Client, Rules(rules));
                foreach (var (name, target) in Names.Zip(targets))
                {
                    local.Map($"/{LocalFeed.Client}/{name}", target);
                }

                local.Write([.. paths.Distinct().Select((path, index) => (path, (string?)Value("old", index)))]);
                var before = local.Revision;
                local.Write([.. paths.Distinct().Select((path, index) => (path, (string?)Value("now", index)))]);

                var naive = new NaiveRules(rules);
                var shown = LeavesOf(local.Feed.Current.Snapshot.Tree.Root, "")
                    .Where(leaf => naive.MayRead(leaf.Split('/', StringSplitOptions.RemoveEmptyEntries))).ToHashSet();
                var hidden = paths.Distinct().Select((path, index) => (path, index))
                    .Where(value => !shown.Contains(value.path))
                    .SelectMany(value => new[] { Value("old", value.index), Value("now", value.index) }).ToList();

                var answers = Routes(paths).SelectMany(route => Forms.Select(form =>
                        local.Read($"{route}{(route.Contains('?') ? '&' : '?')}format={form}")))
                    .Concat(Places(paths).SelectMany(place => new[]
                    {
                        local.ReadStream(place), local.ReadStream(place, before),
                    }));
                var root = local.Read("/?format=json");
                return answers.All(answer => !hidden.Exists(value => answer.Contains(value, StringComparison.Ordinal)))
                    && paths.Distinct().Select((path, index) => (path, index)).Where(value => shown.Contains(value.path))
                        .All(value => root.Contains(Value("now", value.index), StringComparison.Ordinal)
                            && local.Read(value.path) == Value("now", value.index));
            }, iter: 60);

    [Fact]
    public void No_listing_and_no_page_names_what_the_rules_hide() =>
        Gen.Select(Rule.Array[1, 6], Place.Array[1, 10]).Sample((rules, paths) =>
        {
            using var local = new LocalFeed(options: new());
            local.Rule(LocalFeed.Client, Rules(rules));
            local.Write([.. paths.Select(path => (path, (string?)"v"))]);
            var naive = new NaiveRules(rules);
            var shown = LeavesOf(local.Feed.Current.Snapshot.Tree.Root, "")
                .Where(leaf => naive.MayRead(leaf.Split('/', StringSplitOptions.RemoveEmptyEntries))).ToList();

            // A directory is listed with the first names of what shows below it, and so are its pages of one name each.
            return Places(paths).Where(place => !place.StartsWith("/self", StringComparison.Ordinal)).All(place =>
            {
                var below = place == "/" ? "/" : $"{place}/";
                var names = shown.Where(leaf => leaf.StartsWith(below, StringComparison.Ordinal))
                    .Select(leaf => leaf[below.Length..].Split('/')[0]).Distinct().ToList();
                var listed = local.Read($"{place}?recursive=false&format=json");
                var pages = Pages(local, place).ToList();
                return listed is "404" || shown.Contains(place)
                    ? names.Count == 0
                    : Strings(listed).Select(name => name.TrimEnd('/')).Order(StringComparer.Ordinal)
                        .SequenceEqual(names.Order(StringComparer.Ordinal))
                        && pages.Order(StringComparer.Ordinal).SequenceEqual(names.Order(StringComparer.Ordinal));
            });
        }, iter: 100);

    private static readonly string[] Names =
        ["one", "dir/two", "cloud-init/meta-data", "cloud-init/user-data", "cloud-init/vendor-data"];

    private static IEnumerable<string> Places(string[] paths) =>
        paths.SelectMany(Above).Concat(["/", "/self", "/self/one", "/self/dir", "/self/dir/two", "/self/cloud-init"]).Distinct();

    private static IEnumerable<string> Routes(string[] paths)
    {
        foreach (var place in Places(paths).Concat(["/self/one/a", "/self/one/a/b", "/self/dir/two/c"]))
        {
            foreach (var query in (string[])["", "?recursive=false", "?depth=1", "?depth=2", "?limit=1", "?limit=1&after=a"])
            {
                yield return place + query;
            }
        }

        foreach (var document in (string[])
        [
            "/nocloud/meta-data", "/nocloud/user-data", "/nocloud/vendor-data", "/latest/user-data", "/latest/meta-data",
            "/latest/meta-data/a", "/latest/meta-data/a/b", "/latest/meta-data/b", "/latest/meta-data/c", "/latest/meta-data/*",
            "/openstack/latest/meta_data.json", "/openstack/latest/user_data", "/openstack/latest/vendor_data.json",
        ])
        {
            yield return document;
        }
    }

    private static IEnumerable<string> Above(string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return Enumerable.Range(1, segments.Length).Select(count => "/" + string.Join('/', segments[..count]));
    }

    private static IEnumerable<string> Pages(LocalFeed local, string place)
    {
        var after = "";
        while (true)
        {
            var page = local.Read($"{place}?limit=1&depth=1&format=json{after}");
            if (page is "404" || !page.StartsWith('{') || Strings(page) is not [var name, ..])
            {
                yield break;
            }

            yield return name;
            after = $"&after={Uri.EscapeDataString(name)}";
        }
    }

    // All that stands between quotes: names hold none.
    private static string[] Strings(string json) => [.. json.Split('"').Where((_, index) => index % 2 == 1)];

    private static IEnumerable<string> LeavesOf(MetadataNode node, string path)
    {
        foreach (var child in node.Children)
        {
            var below = $"{path}/{Encoding.UTF8.GetString(child.Name.Bytes)}";
            foreach (var leaf in child.IsLeaf ? [below] : LeavesOf(child, below))
            {
                yield return leaf;
            }
        }
    }

    private static string Value(string kind, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{kind}-{index}-end");

    private static string Rules((string Path, int Mode)[] rules) =>
        $"[{string.Join(',', rules.Select(rule => $"{{\"path\":\"{rule.Path}\",\"mode\":{rule.Mode}}}"))}]";
}
