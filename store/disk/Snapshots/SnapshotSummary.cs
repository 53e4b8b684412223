using Sync.Mvcc;
using Sync.Mvcc.Changes;

namespace Sync.Disk.Snapshots;

/// <summary>What a saved snapshot holds.</summary>
/// <param name="Manifest">What it says of itself.</param>
/// <param name="Hash">
/// The hash of its keyspace: what the members answer that are asked for the hash at its revision, while their last
/// compaction is its.
/// </param>
/// <param name="KeyCount">How many keys exist in it.</param>
/// <param name="LengthBytes">Its size in bytes, without the digest.</param>
public sealed record SnapshotSummary(SnapshotManifest Manifest, uint Hash, long KeyCount, long LengthBytes)
{
    private const int PieceBytes = 64 * 1024;

    /// <summary>Reads a snapshot and checks every byte of it. The keys go into memory, the values do not.</summary>
    /// <param name="source">Whose snapshot it is, for messages.</param>
    /// <param name="snapshot">Its bytes from the first one on, to be read twice.</param>
    /// <exception cref="SnapshotException">It is damaged, or no snapshot.</exception>
    /// <exception cref="IOException">It could not be read.</exception>
    public static SnapshotSummary Of(string source, Stream snapshot)
    {
        using var decoder = new SnapshotDecoder(source, requiresDigest: true);
        var changes = new List<(ChangeHeader Header, ChangeLocation Location)>();
        var piece = new byte[PieceBytes];
        for (var count = snapshot.Read(piece); count > 0; count = snapshot.Read(piece))
        {
            ReadOnlySpan<byte> rest = piece.AsSpan(0, count);
            while (decoder.Take(ref rest))
            {
                changes.AddRange(decoder.Changes().Select(found => (
                    found.Change.Header with { Key = found.Change.Header.Key.ToArray() },
                    SnapshotChanges.LocationOf(found.Offset, found.Length))));
            }
        }

        decoder.RequireEnd();
        var manifest = decoder.Manifest ?? throw Invariant.Broken("a whole snapshot has a manifest");
        var keyspace = Keyspace.Restore(
            new KeyspaceSettings(), new SnapshotChanges(source, snapshot), manifest.State.Keyspace, changes);
        return new SnapshotSummary(
            manifest,
            keyspace.View.HashKv(Revision.None).Value.Hash,
            keyspace.View.KeyCount,
            decoder.Offset - SnapshotBlock.DigestBytes);
    }
}
