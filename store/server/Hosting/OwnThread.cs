namespace Sync.Store.Hosting;

/// <summary>Runs a loop on a thread of its own and ends the process when the loop fails.</summary>
internal static class OwnThread
{
    /// <summary>Starts a loop.</summary>
    /// <param name="name">The thread's name, for debuggers and <c>top</c>.</param>
    /// <param name="loop">Returns when its service stops.</param>
    /// <param name="failStop">Hears what the loop throws.</param>
    /// <returns>Ends with the loop; never fails.</returns>
    public static Task RunAsync(string name, Action loop, FailStop failStop)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                loop();
            }
#pragma warning disable CA1031 // The edge of the thread: whatever a loop throws ends the process in order.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                failStop.Stop(failure);
            }

            ended.SetResult();
        })
        {
            Name = name,
            IsBackground = true,
        };
        thread.Start();
        return ended.Task;
    }
}
