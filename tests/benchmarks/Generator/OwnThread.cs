namespace Sync.Benchmarks.Generator;

/// <summary>Work that blocks, on a thread of its own instead of one of the pool.</summary>
internal static class OwnThread
{
    /// <summary>Starts the work; the task has its result, or its exception.</summary>
    public static Task<T> RunAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
