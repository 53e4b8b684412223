namespace Sync.Disk.Wal;

/// <summary>What a record of the log says. The numbers stand in files and never change.</summary>
internal enum LogRecordKind : byte
{
    /// <summary>The first record of a segment; links it to the one before.</summary>
    Start = 1,

    /// <summary>The last record of a segment; the log goes on in the next.</summary>
    End = 2,

    /// <summary>All before was durable when this was written. Says nothing else.</summary>
    Mark = 3,

    /// <summary>An entry of a group.</summary>
    Entry = 4,

    /// <summary>A group's term, vote and commit index.</summary>
    HardState = 5,

    /// <summary>A group's entries from an index on do not count any more.</summary>
    Truncation = 6,

    /// <summary>A group's entries up to an index are not needed any more; what follows it begins the log.</summary>
    LowWater = 7,

    /// <summary>What a group's log holds at the start of a segment, so that older segments can go.</summary>
    Base = 8,
}
