using System.Buffers.Binary;
using System.Security.Cryptography;
using Sync.Disk.Checkpoints;
using Sync.Mvcc;
using Sync.Mvcc.Leases;
using Sync.Raft;
using Sync.Raft.Membership;

namespace Sync.Disk.Snapshots;

/// <summary>Puts the next bytes of a snapshot somewhere.</summary>
/// <param name="target">Where to put them.</param>
/// <returns>How many there are; 0 at the end.</returns>
public delegate int SnapshotBytes(Span<byte> target);

/// <summary>What a new data directory is to be, that is made from a snapshot: whose, and with which members.</summary>
/// <remarks>
/// All members of one new cluster must be made from the same snapshot with the same settings, but for
/// <see cref="Member"/>. The group begins a new life, so members of the old one, or of one that began with another
/// snapshot, are never taken for its own.
/// </remarks>
public sealed record SnapshotRestore
{
    /// <summary>The cluster that the member is to belong to.</summary>
    public required ulong ClusterId { get; init; }

    /// <summary>The member.</summary>
    public required MemberId Member { get; init; }

    /// <summary>Who votes.</summary>
    public required GroupConfiguration Configuration { get; init; }

    /// <summary>What else is kept about the members, in the member's own encoding.</summary>
    public required ReadOnlyMemory<byte> Membership { get; init; }

    /// <summary>By how much to raise the revision, so that clients never see one go back. Default 0.</summary>
    public long RevisionBump { get; init; }

    /// <summary>
    /// Whether the raised revision counts as compacted, so that every watch of before is told that it missed something.
    /// </summary>
    public bool MarksCompacted { get; init; }

    /// <summary>Whether leases get their whole time again, not what was left. Default true.</summary>
    public bool RestartsLeases { get; init; } = true;

    /// <summary>Whether a missing or wrong digest at the end is let pass. Checksums of blocks are checked all the same.</summary>
    public bool SkipsDigest { get; init; }

    /// <summary>Whose directory it becomes.</summary>
    internal DirectoryIdentity IdentityFrom(SnapshotManifest manifest) =>
        new(ClusterId, Member, manifest.State.Group, LifeFrom(manifest));

    /// <summary>The state that it begins with.</summary>
    internal Checkpoint StateFrom(SnapshotManifest manifest)
    {
        var keyspace = manifest.State.Keyspace;
        var revision = new Revision(checked(keyspace.Revision.Value + RevisionBump));
        return manifest.State with
        {
            Incarnation = IdentityFrom(manifest).Incarnation,
            Configuration = Configuration,
            Membership = Membership,
            Keyspace = keyspace with
            {
                Revision = revision,
                CompactedRevision = MarksCompacted ? revision : keyspace.CompactedRevision,
                Leases = RestartsLeases ? [.. keyspace.Leases.Select(WithWholeTime)] : keyspace.Leases,
            },
        };
    }

    // 48 bits of a digest of what it begins with, the highest one set: members that were made from different snapshots, or
    // with different settings, are not taken for members of one cluster, even if all else that they say of themselves is equal.
    private Incarnation LifeFrom(SnapshotManifest manifest)
    {
        var begins = new FieldWriter();
        begins.Put(manifest.Encode());
        begins.Put(RevisionBump);
        begins.Put(MarksCompacted ? 1 : 0);
        begins.Put(RestartsLeases ? 1 : 0);
        var digest = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(begins.Written));
        return new Incarnation((digest >> 16) | (1UL << 47));
    }

    private static LeaseState WithWholeTime(LeaseState lease) => lease with { RemainingTtlSeconds = 0 };
}
