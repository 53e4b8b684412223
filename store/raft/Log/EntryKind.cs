namespace Sync.Raft.Log;

/// <summary>Who reads an entry's payload. The numbers stand in files and messages and never change.</summary>
public enum EntryKind
{
    /// <summary>A command for the state machine, or nothing when the payload is empty.</summary>
    Normal = 0,

    /// <summary>A change of the group's membership.</summary>
    Configuration = 1,
}
