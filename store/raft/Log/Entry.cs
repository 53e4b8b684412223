namespace Sync.Raft.Log;

/// <summary>One entry of the replicated log. Two entries are equal when their payload bytes are.</summary>
/// <param name="Term">The term of the leader that created the entry.</param>
/// <param name="Index">Its position; a term and an index name one entry for ever.</param>
/// <param name="Kind">Who reads the payload.</param>
/// <param name="Payload">
/// The proposed bytes; empty for the entry that a leader appends when it is elected. Whoever creates the
/// entry gives the bytes away: nobody may change them any more.
/// </param>
public sealed record Entry(Term Term, LogIndex Index, EntryKind Kind, ReadOnlyMemory<byte> Payload)
{
    /// <summary>
    /// What an entry is counted with beside its payload when messages are filled, in bytes.
    /// </summary>
    internal const int OverheadBytes = 16;

    /// <summary>The share of a message's or a batch's limit that this entry takes, in bytes.</summary>
    internal long WeightBytes => (long)Payload.Length + OverheadBytes;

    /// <summary>Compares all fields, the payload byte by byte.</summary>
    public bool Equals(Entry? other) =>
        other is not null && Term == other.Term && Index == other.Index && Kind == other.Kind
        && Payload.Span.SequenceEqual(other.Payload.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Term, Index, Kind, Payload.Length);
}
