using System.Text;

namespace Sync.Metad.Model.Backends;

/// <summary>Finds steps of a write that touch one key, which no transaction may hold.</summary>
public static class OperationConflict
{
    /// <summary>The first key that is set twice, or set and removed.</summary>
    /// <param name="operations">A write.</param>
    /// <returns>The key as text; null when there is none.</returns>
    public static string? Find(IReadOnlyList<BackendOperation> operations)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var removed = operations.SelectMany(RangesOf).ToList();
        foreach (var put in operations.OfType<BackendOperation.PutKey>())
        {
            if (!keys.Add(Convert.ToBase64String(put.Key)) || removed.Exists(range => IsIn(put.Key, range)))
            {
                return Encoding.UTF8.GetString(put.Key);
            }
        }

        return null;
    }

    private static IEnumerable<(byte[] Start, byte[] End)> RangesOf(BackendOperation operation) => operation switch
    {
        BackendOperation.DeleteRange range => [(range.Start, range.End)],
        BackendOperation.DeletePlace place => [(place.Key, [.. place.Key, 0]), (place.BelowStart, place.BelowEnd)],
        _ => [],
    };

    private static bool IsIn(byte[] key, (byte[] Start, byte[] End) range) =>
        key.AsSpan().SequenceCompareTo(range.Start) >= 0 && key.AsSpan().SequenceCompareTo(range.End) < 0;
}
