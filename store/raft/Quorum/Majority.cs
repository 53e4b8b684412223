namespace Sync.Raft.Quorum;

/// <summary>What more than half of the voters have in common.</summary>
internal static class Majority
{
    /// <summary>How many voters make a majority.</summary>
    /// <param name="voters">How many there are.</param>
    public static int Of(int voters) => (voters / 2) + 1;

    /// <summary>The largest number that a majority has reached or passed.</summary>
    /// <param name="reached">How far each voter is. The order of the numbers is lost.</param>
    public static ulong Reached(Span<ulong> reached)
    {
        Invariant.Require(reached.Length > 0, "a group has a voter");
        if (reached.Length > 1)
        {
            reached.Sort();
        }

        return reached[^Of(reached.Length)];
    }
}
