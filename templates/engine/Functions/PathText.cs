namespace Sync.Templates.Functions;

/// <summary>Slash-separated paths as text.</summary>
/// <remarks>Source: Go package path, functions Base, Dir and Clean.</remarks>
internal static class PathText
{
    /// <summary>The last element; <c>.</c> for an empty path, <c>/</c> for slashes only.</summary>
    public static byte[] Base(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
        {
            return "."u8.ToArray();
        }

        path = path.TrimEnd((byte)'/');
        path = path[(path.LastIndexOf((byte)'/') + 1)..];
        return path.IsEmpty ? "/"u8.ToArray() : path.ToArray();
    }

    /// <summary>All but the last element, cleaned.</summary>
    public static byte[] Directory(ReadOnlySpan<byte> path) => Clean(path[..(path.LastIndexOf((byte)'/') + 1)]);

    /// <summary>The shortest equal path: no empty elements, no <c>.</c>, no <c>..</c> that can be undone.</summary>
    public static byte[] Clean(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
        {
            return "."u8.ToArray();
        }

        var isRooted = path[0] == '/';
        var elements = new List<byte[]>();
        foreach (var range in path.Split((byte)'/'))
        {
            var element = path[range];
            if (element.IsEmpty || element.SequenceEqual("."u8))
            {
                continue;
            }

            if (!element.SequenceEqual(".."u8))
            {
                elements.Add(element.ToArray());
            }
            else if (elements.Count > 0 && !elements[^1].AsSpan().SequenceEqual(".."u8))
            {
                elements.RemoveAt(elements.Count - 1);
            }
            else if (!isRooted)
            {
                elements.Add(element.ToArray());
            }
        }

        var clean = new List<byte>();
        for (var index = 0; index < elements.Count; index++)
        {
            if (index > 0 || isRooted)
            {
                clean.Add((byte)'/');
            }

            clean.AddRange(elements[index]);
        }

        return clean.Count > 0 ? [.. clean] : isRooted ? "/"u8.ToArray() : "."u8.ToArray();
    }
}
