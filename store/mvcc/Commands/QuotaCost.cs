namespace Sync.Mvcc.Commands;

/// <summary>How much space a command is reckoned to need.</summary>
public static class QuotaCost
{
    /// <summary>The cost of a command in bytes; 0 passes even when space is used up.</summary>
    public static long Of(Command command) => throw new NotImplementedException();
}
