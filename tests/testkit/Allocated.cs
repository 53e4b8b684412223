namespace Sync.TestKit;

/// <summary>What an action allocates on its own thread.</summary>
public static class Allocated
{
    /// <summary>The fewest bytes that one of several runs allocated.</summary>
    /// <param name="runs">How many runs.</param>
    /// <param name="run">Takes the number of the run, from 0.</param>
    /// <remarks>
    /// A collection on another thread gives up the rest of this thread's allocation quantum, up to 8 KiB, which then counts
    /// as allocated.
    /// </remarks>
    public static long ByLeastOf(int runs, Action<int> run) => Enumerable.Range(0, runs).Min(number =>
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        run(number);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    });
}
