namespace Sync.Confd.Plan.Actions;

/// <summary>What stands at a destination before anything is done.</summary>
public abstract record DestinationSeen
{
    private DestinationSeen()
    {
    }

    /// <summary>Nothing.</summary>
    public sealed record Absent : DestinationSeen;

    /// <summary>A regular file, possibly behind a symbolic link.</summary>
    /// <param name="Content">Its bytes.</param>
    /// <param name="Mode">Its permission bits, at most 0777.</param>
    /// <param name="UserId">Its owner.</param>
    /// <param name="GroupId">Its group.</param>
    public sealed record RegularFile(ReadOnlyMemory<byte> Content, int Mode, int UserId, int GroupId)
        : DestinationSeen;

    /// <summary>Something that no content can go to.</summary>
    /// <param name="Reason">One sentence with the remedy.</param>
    public sealed record Unusable(string Reason) : DestinationSeen;
}
