namespace Sync.Member;

/// <summary>States what the member's own logic guarantees; a false statement is a bug and stops the process.</summary>
internal static class Invariant
{
    /// <summary>Throws unless <paramref name="holds"/>.</summary>
    /// <param name="holds">The statement.</param>
    /// <param name="statement">The statement in words.</param>
    /// <exception cref="InvariantException">The statement is false.</exception>
    public static void Require(bool holds, string statement)
    {
        if (!holds)
        {
            throw new InvariantException(statement);
        }
    }
}
