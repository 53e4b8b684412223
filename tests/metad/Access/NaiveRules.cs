namespace Sync.Metad.Tests.Access;

/// <summary>
/// The two readings of the rules, written the slow obvious way over lists of strings: no tree, no state carried along.
/// </summary>
internal sealed class NaiveRules
{
    private readonly Dictionary<string, int> _modes;

    public NaiveRules(IEnumerable<(string Path, int Mode)> rules)
    {
        _modes = new(StringComparer.Ordinal);
        foreach (var (path, mode) in rules)
        {
            _modes[Join(path.Split('/', StringSplitOptions.RemoveEmptyEntries))] = mode;
        }
    }

    /// <summary>Whether a leaf at these segments may be shown.</summary>
    public bool MayRead(string[] path) => PlainReading(path) == 1 && CarefulReading(path) == 1 && MayEnterAll(path);

    private bool MayEnterAll(string[] path) =>
        Enumerable.Range(1, path.Length).All(depth => MayEnterPlain(path[..depth]) && MayEnterCareful(path[..depth]));

    // metad's reading: the pattern followed at each depth is the exact name if some rule has it, else the wildcard.
    private string[]? PlainPattern(string[] path)
    {
        string[] pattern = [];
        foreach (var segment in path)
        {
            string[] exact = [.. pattern, segment];
            string[] wildcard = [.. pattern, "*"];
            if (Exists(exact))
            {
                pattern = exact;
            }
            else if (Exists(wildcard))
            {
                pattern = wildcard;
            }
            else
            {
                return null;
            }
        }

        return pattern;
    }

    private int PlainReading(string[] path)
    {
        var mode = Math.Max(0, ModeOf([]));
        for (var depth = 1; depth <= path.Length; depth++)
        {
            if (PlainPattern(path[..depth]) is { } pattern && ModeOf(pattern) >= 0)
            {
                mode = ModeOf(pattern);
            }
        }

        return mode;
    }

    private bool MayEnterPlain(string[] path) => PlainPattern(path) is { } pattern
        ? HasBelow(pattern) || ModeOf(pattern) == 1
        : PlainReading(path[..^1]) == 1;

    // Every pattern that covers the path and was not cut off by a more specific one with a mode.
    private List<string[]> CarefulPatterns(string[] path)
    {
        List<string[]> patterns = [[]];
        for (var depth = 1; depth <= path.Length; depth++)
        {
            List<string[]> next = [];
            foreach (var candidate in patterns.SelectMany(pattern => Steps(pattern, path[depth - 1])).Where(Exists))
            {
                next.Add(candidate);
                if (ModeOf(candidate) >= 0)
                {
                    break;
                }
            }

            patterns = next;
        }

        return patterns;
    }

    private static IEnumerable<string[]> Steps(string[] pattern, string segment) =>
        segment == "*" ? [[.. pattern, "*"]] : [[.. pattern, segment], [.. pattern, "*"]];

    private int CarefulReading(string[] path)
    {
        var mode = Math.Max(0, ModeOf([]));
        for (var depth = 1; depth <= path.Length; depth++)
        {
            var stated = CarefulPatterns(path[..depth]).Select(ModeOf).FirstOrDefault(found => found >= 0, -1);
            mode = stated >= 0 ? stated : mode;
        }

        return mode;
    }

    private bool MayEnterCareful(string[] path) => CarefulReading(path) == 1 || CarefulPatterns(path).Exists(HasBelow);

    private bool Exists(string[] pattern) =>
        _modes.ContainsKey(Join(pattern)) || HasBelow(pattern);

    private bool HasBelow(string[] pattern) =>
        _modes.Keys.Any(rule => rule.StartsWith(Join(pattern) + "/", StringComparison.Ordinal));

    private int ModeOf(string[] pattern) => _modes.GetValueOrDefault(Join(pattern), -1);

    private static string Join(string[] segments) => string.Concat(segments.Select(segment => "/" + segment));
}
