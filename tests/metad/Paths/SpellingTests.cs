using System.Text;
using CsCheck;
using Sync.Metad.Model.Access;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;
using Sync.Metad.Tests.Access;

namespace Sync.Metad.Tests.Paths;

/// <summary>
/// No spelling of a path reaches what the rules hide: whatever a request spells, the value it gets is one that the
/// naive reading of the rules allows at the place where the value is.
/// </summary>
public sealed class SpellingTests
{
    private static readonly string[] Leaves =
        ["/a/secret", "/a/open", "/b/a/secret", "/b/open", "/a-b/secret", "/..x/secret", "/%2e%2e/secret", "/A/secret", "/a;x/secret"];

    private static readonly Gen<(string Path, int Mode)> Rule = Gen.Select(
        Gen.OneOf("/", "/a", "/b", "/*", "/a/secret", "/*/secret", "/b/*", "/b/a", "/a-b", "/%2e%2e", "/a/open", "/A"),
        Gen.OneOf(0, 0, 1, 1, -1));

    [Fact]
    public void No_spelling_gets_round_the_rules() =>
        Gen.Select(Rule.Array[0, 5], Gen.OneOf(Leaves), Gen.Int[0, int.MaxValue]).Sample((rules, leaf, seed) =>
        {
            var tree = Snapshots.Tree([.. Leaves.Select(path => (path, (string?)$"at {path}"))]);
            var access = new AccessRules(rules.Select(rule => new AccessRule(rule.Path, (AccessMode)rule.Mode)));
            var view = new ClientView(
                MetadataSnapshot.CreateEmpty() with { Tree = tree }, access, mapping: null, onlySelf: false);
            var target = Spell(leaf, new Random(seed));

            var answered = Follow(RequestTarget.Decode(target)) is { } path ? view.Find(path) : null;

            var naive = new NaiveRules(rules);
            return answered is not View.DataView { Node.IsLeaf: true } shown
                || naive.MayRead(Encoding.UTF8.GetString(shown.Node.Value)[3..].Split('/', StringSplitOptions.RemoveEmptyEntries));
        }, iter: Iterations);

    [Fact]
    public void Every_spelling_of_an_allowed_path_reaches_it() =>
        Gen.Select(Gen.OneOf("/a/secret", "/b/a/secret", "/a-b/secret"), Gen.Int[0, int.MaxValue]).Sample((leaf, seed) =>
            Follow(RequestTarget.Decode(Spell(leaf, new Random(seed)))) == MetadataPath.Split(leaf), iter: 20_000);

    // A million of them are run by hand: SYNC_SPELLINGS=1000000.
    private static long Iterations =>
        long.TryParse(Environment.GetEnvironmentVariable("SYNC_SPELLINGS"), out var count) ? count : 40_000;

    // A client follows the redirect to the clean form, so what it reaches there counts.
    private static MetadataPath? Follow(RequestTarget target) => target switch
    {
        RequestTarget.Resolved resolved => resolved.Path,
        RequestTarget.Redirected redirected => Follow(RequestTarget.Decode(redirected.Location)),
        _ => null,
    };

    // The same path by other letters: escapes in both cases, escaped slashes, doubled slashes, dots, absolute form.
    private static string Spell(string leaf, Random random)
    {
        var spelled = new StringBuilder();
        foreach (var value in Encoding.UTF8.GetBytes(leaf))
        {
            if (value == '/')
            {
                spelled.Append(random.Next(7) switch
                {
                    0 => "%2F",
                    1 => "%2f",
                    2 => "//",
                    3 => "/./",
                    4 => "/x/../",
                    5 => "/%2e/",
                    _ => "/",
                });
            }
            else
            {
                var mustEscape = value is (byte)'%' or (byte)'?';
                spelled.Append(mustEscape || random.Next(4) == 0
                    ? string.Create(null, $"%{(random.Next(2) == 0 ? value.ToString("X2", null) : value.ToString("x2", null))}")
                    : ((char)value).ToString());
            }
        }

        var tail = random.Next(4) switch { 0 => "/", 1 => "?wait=false", _ => "" };
        var text = spelled.ToString();
        var path = text.StartsWith('/') ? text : "/" + text;
        return (random.Next(5) == 0 ? "http://other" : "") + path + tail;
    }
}
