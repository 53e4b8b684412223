namespace Sync.Etcd.Client.Connections;

/// <summary>Waiting times between attempts: doubling from a first to a longest, shortened by chance.</summary>
public sealed record BackoffSettings
{
    /// <summary>The longest wait after the first failure; default 100 ms.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait of all; default 10 s.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(10);
}
