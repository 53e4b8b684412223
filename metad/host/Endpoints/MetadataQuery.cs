using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Endpoints;

/// <summary>What the query of a read asks for. Unknown names are passed over; of a repeated name the first counts.</summary>
/// <param name="IsWait">Answer at the next change.</param>
/// <param name="Version">The version that the caller knows; null is none.</param>
/// <param name="KnownTag">The entity tag that the caller knows, without quotes; null is none.</param>
/// <param name="IsPretty">Indent JSON.</param>
/// <param name="Format">The form, whatever the caller accepts; null leaves it to the header.</param>
/// <param name="Timeout">The longest wait; null has no limit.</param>
/// <param name="IsListing">Write the names of a directory and nothing below them.</param>
/// <param name="Depth">How many levels are written; null is all.</param>
/// <param name="Count">How many members of the directory are written; null is all.</param>
/// <param name="After">The name after which members are written; null begins with the first.</param>
/// <param name="Problem">The first value that says nothing, in a sentence; null when all say something.</param>
internal readonly record struct MetadataQuery(
    bool IsWait,
    long? Version,
    string? KnownTag,
    bool IsPretty,
    BodyFormat? Format,
    TimeSpan? Timeout,
    bool IsListing,
    int? Depth,
    int? Count,
    string? After,
    string? Problem)
{
    private const int TimeoutSecondsMax = 86_400;

    /// <summary>The part of a directory that is asked for; null is all of it.</summary>
    public ViewLimits? Limits => Depth is null && Count is null && After is null
        ? null
        : new(Depth, Count, After is null ? null : Encoding.UTF8.GetBytes(After));

    /// <summary>Reads a query.</summary>
    /// <param name="query">Without the question mark.</param>
    public static MetadataQuery Parse(string query)
    {
        var parsed = default(MetadataQuery);
        var seen = QueryNames.None;
        foreach (var pair in new QueryStringEnumerable(query))
        {
            var name = pair.DecodeName().ToString();
            var value = pair.DecodeValue().ToString();
            var known = NameOf(name);
            if ((seen & known) == 0)
            {
                seen |= known;
                parsed = parsed.With(known, value);
                parsed = parsed.Problem is null ? parsed with { Problem = ProblemOf(known, name, value) } : parsed;
            }
        }

        return parsed;
    }

    /// <summary>States that a value is <c>true</c> or <c>false</c>, in any letter case.</summary>
    /// <param name="value">A value of a query.</param>
    public static bool IsTruth(string value) =>
        string.Equals(value, "true", StringComparison.OrdinalIgnoreCase)
        || string.Equals(value, "false", StringComparison.OrdinalIgnoreCase);

    /// <summary>The same query, waiting no longer than a server lets anybody wait.</summary>
    /// <param name="most">The longest wait; 0 has no limit.</param>
    public MetadataQuery WaitingUpTo(TimeSpan most) =>
        most > TimeSpan.Zero && !(Timeout <= most) ? this with { Timeout = most } : this;

    private static QueryNames NameOf(string name) => name switch
    {
        "wait" or "wait_for_change" => QueryNames.Wait,
        "prev_version" => QueryNames.Version,
        "last_etag" => QueryNames.Tag,
        "pretty" => QueryNames.Pretty,
        "format" or "alt" => QueryNames.Format,
        "timeout_sec" => QueryNames.Timeout,
        "recursive" => QueryNames.Listing,
        "depth" => QueryNames.Depth,
        "limit" => QueryNames.Count,
        "after" => QueryNames.After,
        _ => QueryNames.None,
    };

    private MetadataQuery With(QueryNames name, string value) => name switch
    {
        QueryNames.Wait => this with { IsWait = string.Equals(value, "true", StringComparison.OrdinalIgnoreCase) },
        QueryNames.Version => this with { Version = VersionOf(value) },
        QueryNames.Tag => this with { KnownTag = value.Length == 0 ? null : value.Trim('"') },
        QueryNames.Pretty => this with { IsPretty = value is not ("" or "false") },
        QueryNames.Format => this with { Format = FormatOf(value) },
        QueryNames.Timeout => this with { Timeout = TimeoutOf(value) },
        QueryNames.Listing => this with { IsListing = string.Equals(value, "false", StringComparison.OrdinalIgnoreCase) },
        QueryNames.Depth => this with { Depth = CountOf(value) },
        QueryNames.Count => this with { Count = CountOf(value) },
        QueryNames.After => this with { After = value },
        _ => this,
    };

    private static string? ProblemOf(QueryNames known, string name, string value)
    {
        var wanted = known switch
        {
            QueryNames.Wait or QueryNames.Pretty or QueryNames.Listing when !IsTruth(value) => "true or false",
            QueryNames.Version when value != "0" && VersionOf(value) is null => "a version: a whole number from 0",
            QueryNames.Format when FormatOf(value) is null => "json, yaml, text, env or dotenv",
            QueryNames.Timeout when TimeoutOf(value) is null => "a whole number of seconds",
            QueryNames.Depth or QueryNames.Count when CountOf(value) is null => "a whole number from 1",
            _ => null,
        };
        return wanted is null ? null : $"{name} should be {wanted}";
    }

    // Anything that is no number from 1 means that the caller knows no version.
    private static long? VersionOf(string value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var version) && version > 0
            ? version
            : null;

    private static BodyFormat? FormatOf(string value) => value switch
    {
        "json" => BodyFormat.Json,
        "yaml" => BodyFormat.Yaml,
        "text" => BodyFormat.Text,
        "env" => BodyFormat.Env,
        "dotenv" => BodyFormat.Dotenv,
        _ => null,
    };

    private static TimeSpan? TimeoutOf(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, TimeoutSecondsMax))
            : null;

    private static int? CountOf(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : null;

    [Flags]
    private enum QueryNames
    {
        None = 0,
        Wait = 1,
        Version = 2,
        Pretty = 4,
        Format = 8,
        Timeout = 16,
        Tag = 32,
        Listing = 64,
        Depth = 128,
        Count = 256,
        After = 512,
    }
}
