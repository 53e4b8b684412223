namespace Sync.Confd.Plan.Keys;

/// <summary>Key names as confd writes them: absolute, one slash between segments, no <c>.</c> and <c>..</c>.</summary>
/// <remarks>Source: Go's documentation of <c>path.Clean</c> and <c>path.Join</c>.</remarks>
public static class KeyPath
{
    /// <summary>Brings a name to its clean absolute form.</summary>
    /// <param name="name">Any text; a leading slash may be missing.</param>
    /// <returns>A name that begins with a slash and ends with none, but for the root itself.</returns>
    public static string Clean(string name)
    {
        if (IsClean(name))
        {
            return name;
        }

        var segments = new List<string>();
        foreach (var segment in name.Split('/'))
        {
            if (segment == "..")
            {
                segments.RemoveRange(Math.Max(0, segments.Count - 1), Math.Min(1, segments.Count));
            }
            else if (segment.Length > 0 && segment != ".")
            {
                segments.Add(segment);
            }
        }

        return "/" + string.Join('/', segments);
    }

    /// <summary>Joins a prefix and a key; <c>..</c> in the key may climb out of the prefix.</summary>
    public static string Join(string prefix, string key) => Clean(prefix + "/" + key);

    // Most names of a store are clean; this saves their rebuilding.
    private static bool IsClean(string name)
    {
        if (name.Length == 0 || name[0] != '/' || (name.Length > 1 && name[^1] == '/'))
        {
            return false;
        }

        return !name.Contains("//", StringComparison.Ordinal) && !name.Contains("/.", StringComparison.Ordinal);
    }
}
