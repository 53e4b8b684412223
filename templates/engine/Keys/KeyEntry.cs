using System.Text;

namespace Sync.Templates.Keys;

/// <summary>One key of a snapshot with its value.</summary>
/// <param name="Path">The key's bytes, normally an absolute path such as <c>/app/port</c>, UTF-8.</param>
/// <param name="Value">The value's bytes.</param>
public readonly record struct KeyEntry(ReadOnlyMemory<byte> Path, ReadOnlyMemory<byte> Value)
{
    /// <summary>An entry from text, encoded as UTF-8.</summary>
    /// <param name="path">The key.</param>
    /// <param name="value">The value.</param>
    public static KeyEntry FromText(string path, string value) =>
        new(Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(value));
}
