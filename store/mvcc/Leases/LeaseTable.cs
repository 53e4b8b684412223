using System.Buffers.Binary;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Trees;

namespace Sync.Mvcc.Leases;

/// <summary>The times of a lease, as a tree holds them.</summary>
internal readonly record struct LeaseTimes(long GrantedTtlSeconds, long RemainingTtlSeconds) : IWeighted
{
    /// <inheritdoc/>
    public int Weight => 1;
}

/// <summary>A mark that a lease holds a key.</summary>
internal readonly record struct Attachment : IWeighted
{
    /// <inheritdoc/>
    public int Weight => 1;
}

/// <summary>The leases and the keys that they hold.</summary>
/// <remarks>
/// Two trees: leases by number, and one entry for each attached key, named by the lease's number and the key.
/// A lease's number is written as eight bytes that order as the numbers do. One writer; views stay as they were.
/// </remarks>
internal sealed class LeaseTable
{
    private const int IdSize = sizeof(long);
    private const int KeySizeOnStackMax = 256;

    private readonly KeyTree<LeaseTimes> _leases = new();
    private readonly KeyTree<Attachment> _attachments = new();

    /// <summary>The leases as they are now.</summary>
    public LeaseTableView Current => new(_leases.Current, _attachments.Current);

    /// <summary>The leases as they are now, for readers to keep.</summary>
    public LeaseTableView Publish() => new(_leases.Publish(), _attachments.Publish());

    /// <summary>Adds a lease, or changes its times.</summary>
    public void Set(LeaseState lease)
    {
        Span<byte> id = stackalloc byte[IdSize];
        WriteId(lease.Id, id);
        _leases.Set(id, new(lease.GrantedTtlSeconds, lease.RemainingTtlSeconds));
    }

    /// <summary>Takes a lease away. It holds no key any more.</summary>
    public void Remove(LeaseId lease)
    {
        Span<byte> id = stackalloc byte[IdSize];
        WriteId(lease, id);
        _leases.Remove(id);
    }

    /// <summary>Moves a key from one lease to another; either may be none.</summary>
    public void Move(ReadOnlySpan<byte> key, LeaseId from, LeaseId to)
    {
        if (from == to)
        {
            return;
        }

        var size = IdSize + key.Length;
        var name = size <= KeySizeOnStackMax ? stackalloc byte[size] : new byte[size];
        key.CopyTo(name[IdSize..]);
        if (from.IsSome)
        {
            WriteId(from, name);
            _attachments.Remove(name);
        }

        if (to.IsSome)
        {
            WriteId(to, name);
            _attachments.Set(name, default);
        }
    }

    /// <summary>Writes a number as eight bytes in the order of numbers, negative ones first.</summary>
    internal static void WriteId(LeaseId lease, Span<byte> output) =>
        BinaryPrimitives.WriteInt64BigEndian(output, lease.Value ^ long.MinValue);

    /// <summary>Reads back what <see cref="WriteId"/> wrote.</summary>
    internal static LeaseId ReadId(ReadOnlySpan<byte> input) =>
        new(BinaryPrimitives.ReadInt64BigEndian(input) ^ long.MinValue);
}

/// <summary>A <see cref="LeaseTable"/> as it was at one moment.</summary>
internal readonly record struct LeaseTableView(
    KeyTreeView<LeaseTimes> Leases, KeyTreeView<Attachment> Attachments)
{
    /// <summary>How many leases there are.</summary>
    public int Count => Leases.Weight;

    /// <summary>Looks a lease up.</summary>
    /// <returns>Null when there is no such lease.</returns>
    public LeaseState? Find(LeaseId lease)
    {
        Span<byte> id = stackalloc byte[sizeof(long)];
        LeaseTable.WriteId(lease, id);
        return Leases.TryFind(id, out _, out var times)
            ? new LeaseState(lease, times.GrantedTtlSeconds, times.RemainingTtlSeconds)
            : null;
    }

    /// <summary>All leases, by number.</summary>
    public IReadOnlyList<LeaseState> List()
    {
        var leases = new List<LeaseState>(Count);
        var cursor = Leases.Scan(KeyRange.From(ReadOnlyMemory<byte>.Empty));
        while (cursor.MoveNext())
        {
            var times = cursor.Value;
            leases.Add(new(LeaseTable.ReadId(cursor.Key), times.GrantedTtlSeconds, times.RemainingTtlSeconds));
        }

        return leases;
    }

    /// <summary>The keys that a lease holds, in byte order.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> KeysOf(LeaseId lease)
    {
        var id = new byte[sizeof(long)];
        LeaseTable.WriteId(lease, id);
        var keys = new List<ReadOnlyMemory<byte>>();
        var cursor = Attachments.Scan(KeyRange.Prefix(id));
        while (cursor.MoveNext())
        {
            keys.Add(cursor.Key.AsMemory(sizeof(long)));
        }

        return keys;
    }
}
