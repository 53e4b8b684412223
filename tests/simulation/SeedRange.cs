using System.Globalization;

namespace Sync.Simulation;

/// <summary>Seeds from the first to the last.</summary>
internal readonly record struct SeedRange(int First, int Last)
{
    public int Count => Last - First + 1;

    public IEnumerable<int> Seeds => Enumerable.Range(First, Count);

    /// <summary>Reads <c>FIRST-LAST</c>.</summary>
    /// <returns>Null when the text is missing or of another form.</returns>
    public static SeedRange? Parse(string? text) =>
        text?.Split('-') is [var first, var last] && Number(first) is { } low && Number(last) is { } high && low <= high
            ? new SeedRange(low, high)
            : null;

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
