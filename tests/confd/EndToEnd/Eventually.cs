namespace Sync.Confd.Tests.EndToEnd;

/// <summary>Waits for what other processes do to files.</summary>
internal static class Eventually
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits until a file has a content.</summary>
    public static Task FileHasAsync(string path, string content, CancellationToken limit) =>
        FileAsync(path, text => text == content, content, limit);

    /// <summary>Waits until a file's content is as wanted.</summary>
    /// <exception cref="TimeoutException">It was not at the limit; says what it was.</exception>
    public static async Task FileAsync(
        string path, Func<string, bool> isWanted, string wanted, CancellationToken limit)
    {
        using var timer = new PeriodicTimer(LookInterval);
        var seen = "";
        try
        {
            while (!isWanted(seen = File.Exists(path) ? await File.ReadAllTextAsync(path, limit) : "(no file)"))
            {
                await timer.WaitForNextTickAsync(limit);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{path} was not\n{wanted}\nbut\n{seen}");
        }
    }
}
