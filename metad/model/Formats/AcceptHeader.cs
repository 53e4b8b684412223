using System.Globalization;

namespace Sync.Metad.Model.Formats;

/// <summary>Chooses the form of an answer from what a client accepts.</summary>
/// <remarks>
/// Nothing is ever refused: a client that names none of our types gets text. Parameters of a type and the case of its
/// letters do not matter; at equal weight a whole name wins over <c>type/*</c>, that over <c>*/*</c>, then our order
/// of offers decides. Source: RFC 9110 section 12.5.1.
/// </remarks>
public static class AcceptHeader
{
    private static readonly (string Type, BodyFormat Format)[] Offers =
    [
        ("text/plain", BodyFormat.Text),
        ("application/json", BodyFormat.Json),
        ("application/yaml", BodyFormat.Yaml),
        ("application/x-yaml", BodyFormat.Yaml),
        ("text/yaml", BodyFormat.Yaml),
        ("text/x-yaml", BodyFormat.Yaml),
    ];

    /// <summary>Chooses a form.</summary>
    /// <param name="accept">The header's value, several joined by commas; null when absent.</param>
    public static BodyFormat Choose(string? accept)
    {
        // What nearly every caller sends needs no weighing.
        if (accept is null or "" or "*/*")
        {
            return BodyFormat.Text;
        }

        if (accept == "application/json")
        {
            return BodyFormat.Json;
        }

        var best = (Weight: 0.0, Exactness: 0, Offer: 0);
        foreach (var range in accept.AsSpan().Split(','))
        {
            var (type, weight) = Read(accept.AsSpan()[range]);
            for (var offer = 0; offer < Offers.Length; offer++)
            {
                var exactness = Exactness(type, Offers[offer].Type);
                if (exactness > 0 && weight > 0
                    && (weight, exactness, -offer).CompareTo((best.Weight, best.Exactness, -best.Offer)) > 0)
                {
                    best = (weight, exactness, offer);
                }
            }
        }

        return Offers[best.Offer].Format;
    }

    private static (string Type, double Weight) Read(ReadOnlySpan<char> range)
    {
        var weight = 1.0;
        var end = range.IndexOf(';');
        var type = (end < 0 ? range : range[..end]).Trim().ToString();
        foreach (var parameter in (end < 0 ? default : range[(end + 1)..]).Split(';'))
        {
            var text = range[(end + 1)..][parameter].Trim();
            if (text.StartsWith("q=", StringComparison.OrdinalIgnoreCase) && end >= 0)
            {
                var isNumber = double.TryParse(
                    text[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
                weight = isNumber ? Math.Clamp(number, 0, 1) : 1;
            }
        }

        return (type, weight);
    }

    // 3 for the whole name, 2 for type/*, 1 for anything, 0 for no match.
    private static int Exactness(string range, string offer)
    {
        if (string.Equals(range, offer, StringComparison.OrdinalIgnoreCase))
        {
            return 3;
        }

        if (range == "*/*")
        {
            return 1;
        }

        var isWholeType = range.EndsWith("/*", StringComparison.Ordinal)
            && offer.StartsWith(range[..^1], StringComparison.OrdinalIgnoreCase);
        return isWholeType ? 2 : 0;
    }
}
