using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Sync.Metad.Model.Formats;

namespace Sync.Metad.Endpoints;

/// <summary>What the query of a read asks for. Unknown names are passed over; of a repeated name the first counts.</summary>
/// <param name="IsWait">Answer at the next change.</param>
/// <param name="Version">The version that the caller knows; null is none.</param>
/// <param name="IsPretty">Indent JSON.</param>
/// <param name="Format">The form, whatever the caller accepts; null leaves it to the header.</param>
/// <param name="Timeout">The longest wait; null has no limit.</param>
internal readonly record struct MetadataQuery(
    bool IsWait, long? Version, bool IsPretty, BodyFormat? Format, TimeSpan? Timeout)
{
    private const int TimeoutSecondsMax = 86_400;

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
            }
        }

        return parsed;
    }

    private static QueryNames NameOf(string name) => name switch
    {
        "wait" => QueryNames.Wait,
        "prev_version" => QueryNames.Version,
        "pretty" => QueryNames.Pretty,
        "format" or "alt" => QueryNames.Format,
        "timeout_sec" => QueryNames.Timeout,
        _ => QueryNames.None,
    };

    private MetadataQuery With(QueryNames name, string value) => name switch
    {
        QueryNames.Wait => this with { IsWait = string.Equals(value, "true", StringComparison.OrdinalIgnoreCase) },
        QueryNames.Version => this with { Version = VersionOf(value) },
        QueryNames.Pretty => this with { IsPretty = value is not ("" or "false") },
        QueryNames.Format => this with { Format = FormatOf(value) },
        QueryNames.Timeout => this with { Timeout = TimeoutOf(value) },
        _ => this,
    };

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
        _ => null,
    };

    private static TimeSpan? TimeoutOf(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, TimeoutSecondsMax))
            : null;

    [Flags]
    private enum QueryNames
    {
        None = 0,
        Wait = 1,
        Version = 2,
        Pretty = 4,
        Format = 8,
        Timeout = 16,
    }
}
