namespace Sync.Posix;

/// <summary>The user that this process acts as.</summary>
public static class PosixUser
{
    /// <summary>Id of the effective user; 0 is root.</summary>
    public static uint EffectiveId => Libc.EffectiveUser();
}
