namespace Sync.Confd.Plan.Resources;

/// <summary>Suggests the known name that a misspelt one most likely means.</summary>
public static class NearestName
{
    private const int DistanceMax = 2;

    /// <summary>The known name nearest to <paramref name="name"/>.</summary>
    /// <returns>Null when no name is within two edits.</returns>
    public static string? Of(string name, IEnumerable<string> known) =>
        known.Select(candidate => (Name: candidate, Distance: Distance(name, candidate)))
            .Where(candidate => candidate.Distance <= DistanceMax)
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();

    private static int Distance(string source, string target)
    {
        var above = Enumerable.Range(0, target.Length + 1).ToArray();
        foreach (var character in source)
        {
            var row = new int[target.Length + 1];
            row[0] = above[0] + 1;
            for (var column = 1; column <= target.Length; column++)
            {
                var changed = above[column - 1] + (character == target[column - 1] ? 0 : 1);
                row[column] = Math.Min(changed, Math.Min(above[column], row[column - 1]) + 1);
            }

            above = row;
        }

        return above[^1];
    }
}
