namespace Sync.Confd.Options;

/// <summary>What a flag's value is.</summary>
internal enum FlagKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A truth; the flag alone means true.</summary>
    Truth,

    /// <summary>An integer in Go's base-0 notation.</summary>
    Number,

    /// <summary>A duration in Go's notation.</summary>
    Duration,

    /// <summary>A number of seconds, or a duration in Go's notation.</summary>
    Seconds,

    /// <summary>Several texts; each occurrence of the flag adds one.</summary>
    List,
}
