namespace Sync.Metad.Model.Access;

/// <summary>What a rule says about its path and all below it.</summary>
/// <remarks>The numbers are the ones in stored rules.</remarks>
public enum AccessMode
{
    /// <summary>Names the path and says nothing; with no rule below it, it hides the path.</summary>
    Unset = -1,

    /// <summary>Hidden: reads answer as if nothing were there.</summary>
    Forbidden = 0,

    /// <summary>Readable.</summary>
    Read = 1,
}
