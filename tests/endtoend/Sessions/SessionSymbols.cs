using System.Globalization;
using System.Text.RegularExpressions;

namespace Sync.EndToEnd.Tests.Sessions;

/// <summary>
/// Replaces what differs from run to run (ids, addresses, times, sizes) by names, so that two runs of one
/// session can be compared; and names by ids again where a command uses one.
/// </summary>
/// <remarks>
/// An id is known in both of its forms, hexadecimal and decimal. Ids that are not the member's or the
/// cluster's are leases, named <c>&lt;lease1&gt;</c>, <c>&lt;lease2&gt;</c> by their first appearance.
/// </remarks>
internal sealed partial class SessionSymbols
{
    private readonly Dictionary<ulong, string> _nameOf = [];
    private readonly Dictionary<string, string> _plain;
    private int _leases;

    /// <summary>Starts with what is known before the first command.</summary>
    /// <param name="clusterId">The id of the cluster.</param>
    /// <param name="memberId">The id of its one member.</param>
    /// <param name="plain">Texts, such as addresses, and the names that stand for them.</param>
    public SessionSymbols(ulong clusterId, ulong memberId, IReadOnlyDictionary<string, string> plain)
    {
        _nameOf[clusterId] = "<cluster>";
        _nameOf[memberId] = "<member>";
        _plain = new(plain);
    }

    /// <summary>A command with its names replaced by the ids of this run, in hexadecimal as etcdctl reads them.</summary>
    public string Resolve(string command) =>
        _nameOf.Aggregate(command, (text, known) => text.Replace(
            known.Value, known.Key.ToString("x", CultureInfo.InvariantCulture), StringComparison.Ordinal));

    /// <summary>A line of output with all that differs from run to run replaced by names.</summary>
    public string Abstract(string line)
    {
        var named = _plain.Aggregate(line, (text, known) =>
            text.Replace(known.Key, known.Value, StringComparison.Ordinal));
        named = Identifier().Replace(named, match => NameOf(match.Value));
        named = Variables.Aggregate(named, (text, variable) => variable.Pattern.Replace(text, variable.Name));

        return named.StartsWith('|') || named.StartsWith('+') ? Padding().Replace(named, match => match.Value[..1]) : named;
    }

    private static IEnumerable<(Regex Pattern, string Name)> Variables =>
    [
        (Term(), "<term>"), (Index(), "<index>"), (Size(), "<size>"), (Version(), "<version>"), (Hash(), "<hash>"),
        (Duration(), "<time>"), (Remaining(), "<ttl>"), (StatusLine(), "<version>, <size>, $1, <term>, <index>, <index>"),
        (StatusRow(), "<version> | <size> | $1 | <term> | <index> | <index> |"), (HashLine(), "<hash>"), (HashRow(), "<hash>"),
        (Retry(), "warn: $1"), (Newer(), ""),
    ];

    private string NameOf(string text)
    {
        if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || !_nameOf.ContainsKey(id))
        {
            var isHexadecimal = text.Any(char.IsAsciiLetter) || text.Length == 16;
            id = ulong.Parse(text, isHexadecimal ? NumberStyles.HexNumber : NumberStyles.None, CultureInfo.InvariantCulture);
        }

        if (!_nameOf.TryGetValue(id, out var name))
        {
            _nameOf[id] = name = $"<lease{++_leases}>";
        }

        return name;
    }

    // Ids have 64 bits and no pattern, so a word of 14 digits or more is one; no other number of a session is.
    [GeneratedRegex(@"(?<![\w.])(?:[0-9a-f]{14,16}|\d{17,20})(?![\w.])")]
    private static partial Regex Identifier();

    [GeneratedRegex("(?<=\"raft_?term\"\\s?:\\s?)\\d+", RegexOptions.IgnoreCase)]
    private static partial Regex Term();

    [GeneratedRegex("(?<=\"raft(?:Applied)?Index\"\\s?:\\s?)\\d+", RegexOptions.IgnoreCase)]
    private static partial Regex Index();

    [GeneratedRegex("(?<=\"(?:dbSize|dbSizeInUse|StorageSize)\"\\s?:\\s?)\\d+", RegexOptions.IgnoreCase)]
    private static partial Regex Size();

    [GeneratedRegex("(?<=\"version\"\\s?:\\s?\")3[.\\d]+", RegexOptions.IgnoreCase)]
    private static partial Regex Version();

    [GeneratedRegex("(?<=\"hash\"\\s?:\\s?)\\d+", RegexOptions.IgnoreCase)]
    private static partial Regex Hash();

    [GeneratedRegex("(?<=took = |\"took\"\\s?:\\s?\"|\\| )[\\d.]+(?:ns|\u00b5s|ms|s)(?= \\||\"|$)", RegexOptions.IgnoreCase)]
    private static partial Regex Duration();

    // What is left of a lease is a second less as soon as the clock ticks between two commands.
    [GeneratedRegex("(?<=remaining\\()\\d+s(?=\\))|(?<=\"ttl\":)\\d+(?=,\"granted-ttl\")|(?<=^\"TTL\" : )\\d+(?=$)")]
    private static partial Regex Remaining();

    [GeneratedRegex(@"3[.\d]+, [\d.]+ [kM]?B, (true, false|false, false), \d+, \d+, \d+")]
    private static partial Regex StatusLine();

    [GeneratedRegex(@"3[.\d]+ \| +[\d.]+ [kM]?B \| +(true \| +false) \| +\d+ \| +\d+ \| +\d+ \|")]
    private static partial Regex StatusRow();

    [GeneratedRegex(@"(?<=^<client>, )\d+$")]
    private static partial Regex HashLine();

    [GeneratedRegex(@"(?<=^\| <client> \| +)\d+(?= \|$)")]
    private static partial Regex HashRow();

    // The client's own log of a refused call holds the status code, which is worth comparing.
    [GeneratedRegex("^\\{\"level\":\"warn\".*\"error\":\"(.*)\"\\}$")]
    private static partial Regex Retry();

    // Sessions are recorded from a 3.4 server; what later versions say beyond it is left out.
    [GeneratedRegex(",\"(?:storageVersion|dbSizeQuota|downgradeInfo|hash_revision)\":(?:\"[^\"]*\"|\\d+|\\{\\})")]
    private static partial Regex Newer();

    [GeneratedRegex(" {2,}|-{2,}")]
    private static partial Regex Padding();
}
