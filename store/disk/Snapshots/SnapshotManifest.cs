using Sync.Disk.Checkpoints;
using Sync.Raft;

namespace Sync.Disk.Snapshots;

/// <summary>What a snapshot says of itself before its changes come.</summary>
/// <param name="ClusterId">The cluster that it was taken of.</param>
/// <param name="Member">The member that took it.</param>
/// <param name="State">
/// The group's state at the applied entry; <see cref="Checkpoint.Segments"/> is empty, for places mean nothing elsewhere.
/// </param>
/// <param name="ChangeCount">How many changes follow.</param>
/// <param name="ChangeBytes">The size of their records, in bytes.</param>
public sealed record SnapshotManifest(
    ulong ClusterId, MemberId Member, Checkpoint State, long ChangeCount, long ChangeBytes)
{
    /// <summary>The manifest's bytes.</summary>
    /// <remarks>
    /// <code>
    /// field        | encoding
    /// cluster      | 8 bytes
    /// member       | 8 bytes
    /// state        | see <see cref="StateCodec"/>
    /// change count | 8 bytes
    /// change bytes | 8 bytes
    /// </code>
    /// </remarks>
    internal byte[] Encode()
    {
        var content = new FieldWriter();
        content.Put(ClusterId);
        content.Put(Member.Value);
        StateCodec.Put(content, State);
        content.Put(ChangeCount);
        content.Put(ChangeBytes);
        return content.Written.ToArray();
    }

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="ArgumentException">The bytes make no sense.</exception>
    /// <exception cref="OverflowException">A size makes no sense.</exception>
    /// <exception cref="FormatException">The configuration makes no sense.</exception>
    /// <exception cref="NotSupportedException">It holds a part of the keys only, which this release cannot.</exception>
    internal static SnapshotManifest Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new FieldReader(bytes);
        var cluster = reader.TakeUInt64();
        var member = new MemberId(reader.TakeUInt64());
        var state = StateCodec.Take(ref reader);
        var manifest = new SnapshotManifest(cluster, member, state, reader.TakeInt64(), reader.TakeInt64());
        return reader.IsAtEnd && manifest is { ChangeCount: >= 0, ChangeBytes: >= 0 }
            ? manifest
            : throw new ArgumentException("The manifest is of an unknown form.");
    }
}
