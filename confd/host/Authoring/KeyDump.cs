using System.Text;
using System.Text.Json;
using Sync.Confd.Plan.Keys;
using Sync.Confd.Sources;

namespace Sync.Confd.Authoring;

/// <summary>Keys from a file that an author has at hand.</summary>
/// <remarks>
/// JSON and YAML as the file backend reads them; besides, what <c>etcdctl get --prefix -w json</c> and <c>consul kv export</c>
/// print, with values in base64; and lines, either <c>/key=value</c> or a key and its value in turn as <c>etcdctl get</c> prints them.
/// </remarks>
internal static class KeyDump
{
    /// <summary>Reads a file's content.</summary>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="content">Its bytes.</param>
    /// <exception cref="KeySourceException">It has none of the forms.</exception>
    public static IReadOnlyList<StoredKey> Read(string path, byte[] content)
    {
        var text = Encoding.UTF8.GetString(content);
        var first = text.AsSpan().TrimStart();
        if (first.StartsWith("{") || first.StartsWith("["))
        {
            return OfJson(content) ?? KeyFile.Flatten(path, text);
        }

        return first.StartsWith("/") && !IsYaml(text) ? OfLines(path, text) : KeyFile.Flatten(path, text);
    }

    /// <summary>Whether a content is data of its author's own shape rather than a list of keys.</summary>
    public static bool IsDocument(byte[] content)
    {
        var first = Encoding.UTF8.GetString(content).AsSpan().TrimStart();
        return first.StartsWith("{") || first.StartsWith("[") ? OfJson(content) is null
            : !first.StartsWith("/") || IsYaml(Encoding.UTF8.GetString(content));
    }

    // "/key: value" is YAML, "/key=value" and a bare "/key" are not.
    private static bool IsYaml(string text)
    {
        var line = text.AsSpan().TrimStart();
        var end = line.IndexOf('\n');
        line = end < 0 ? line : line[..end];
        var colon = line.IndexOf(':');
        var equals = line.IndexOf('=');
        return colon > 0 && (equals < 0 || colon < equals) && (colon == line.TrimEnd().Length - 1 || line[colon + 1] is ' ' or '\t');
    }

    private static List<StoredKey>? OfJson(byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            var list = root.ValueKind == JsonValueKind.Array ? root
                : root.TryGetProperty("kvs", out var pairs) && root.TryGetProperty("header", out _) ? pairs
                : default;
            if (list.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            // etcd has its keys in base64, Consul has not.
            var isEtcd = root.ValueKind == JsonValueKind.Object;
            return [.. list.EnumerateArray().Select(pair => new StoredKey(
                KeyPath.Clean(isEtcd ? Encoding.UTF8.GetString(pair.GetProperty("key").GetBytesFromBase64()) : pair.GetProperty("key").GetString() ?? ""),
                pair.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String ? value.GetBytesFromBase64() : Array.Empty<byte>()))];
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static List<StoredKey> OfLines(string path, string text)
    {
        var lines = text.Split('\n').Select(line => line.TrimEnd('\r')).ToList();
        if (lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        if (lines.TrueForAll(line => line.Length == 0 || (line[0] == '/' && line.Contains('=', StringComparison.Ordinal))))
        {
            return [.. lines.Where(line => line.Length > 0).Select(line => Pair(line.Split('=', 2)))];
        }

        var keys = new List<StoredKey>();
        for (var number = 0; number < lines.Count; number += 2)
        {
            if (!lines[number].StartsWith('/') || number + 1 == lines.Count)
            {
                throw new KeySourceException($"{path}:{number + 1}",
                    "neither /key=value on each line, nor keys and values in turn; use JSON for values of several lines", cause: null);
            }

            keys.Add(Pair([lines[number], lines[number + 1]]));
        }

        return keys;
    }

    private static StoredKey Pair(string[] parts) => new(KeyPath.Clean(parts[0]), Encoding.UTF8.GetBytes(parts[1]));
}
