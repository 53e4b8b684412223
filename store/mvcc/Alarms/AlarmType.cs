namespace Sync.Mvcc.Alarms;

/// <summary>What is wrong with a member.</summary>
public enum AlarmType
{
    /// <summary>Nothing; in a question, any alarm.</summary>
    None = 0,

    /// <summary>The member's space is used up.</summary>
    NoSpace = 1,

    /// <summary>The member's content differs from the others'.</summary>
    Corrupt = 2,
}
