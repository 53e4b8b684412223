using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>
/// A key whose change a member has below a checkpoint, so that no start takes it from the log again. The member is started
/// with <c>--snapshot-count 10</c>.
/// </summary>
internal static class CheckpointedKey
{
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Puts it at a member, and others until the member has saved checkpoints.</summary>
    public static async Task PutAsync(
        ClusterClient client, int member, StoreServer server, string key, string value, CancellationToken limit)
    {
        await client.PutAsync(member, key, value, CallMax);
        var enough = NewestCheckpoint(server) + 2;
        using var timer = new PeriodicTimer(LookInterval);
        while (NewestCheckpoint(server) < enough)
        {
            await client.PutAsync(member, "more", "value", CallMax);
            await timer.WaitForNextTickAsync(limit);
        }
    }

    private static long NewestCheckpoint(StoreServer server) =>
        Directory.EnumerateFiles(Path.Combine(server.DataDirectory, "sync", "checkpoints"), "*.checkpoint")
            .Max(file => Convert.ToInt64(Path.GetFileNameWithoutExtension(file), fromBase: 16));
}
