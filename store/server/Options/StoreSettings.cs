using Sync.Member.Membership;

namespace Sync.Store.Options;

/// <summary>Everything the server was told at its start, checked. Names follow etcd's flags.</summary>
/// <remarks>Source: etcd configuration flags.</remarks>
internal sealed record StoreSettings
{
    /// <summary>The member's name; it stands in <see cref="Cluster"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The folder that holds all of the member's data; but see <see cref="LogDirectory"/>.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The folder that holds the member's log; null means it lies with the data.</summary>
    public required string? LogDirectory { get; init; }

    /// <summary>Where clients connect.</summary>
    public required IReadOnlyList<ListenUrl> ListenClientUrls { get; init; }

    /// <summary>The URLs that clients are told to use.</summary>
    public required IReadOnlyList<string> AdvertiseClientUrls { get; init; }

    /// <summary>Where other members and their tools connect.</summary>
    public required IReadOnlyList<ListenUrl> ListenPeerUrls { get; init; }

    /// <summary>The members at bootstrap and their identities; this one alone until others are discovered.</summary>
    public required InitialCluster Cluster { get; init; }

    /// <summary>Where a member without data learns of the members at bootstrap; null when its flags name them.</summary>
    public required DiscoverySettings? Discovery { get; init; }

    /// <summary>
    /// What speaks against founding or joining a cluster by these flags, a sentence each. A member that has data is what that
    /// says, and does not look at them.
    /// </summary>
    public required IReadOnlyList<string> FoundingFaults { get; init; }

    /// <summary>
    /// This member's peer URLs at bootstrap as it tells them itself. Those in <see cref="Cluster"/> lead to the same places,
    /// or it can found no cluster.
    /// </summary>
    public required IReadOnlyList<string> AdvertisedPeerUrls { get; init; }

    /// <summary>What has no effect, a sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Whether a member without data joins a cluster that runs already, instead of founding one.</summary>
    public required bool JoinsExisting { get; init; }

    /// <summary>Whether all other members are dropped, because they are lost for good.</summary>
    public required bool ForcesNewCluster { get; init; }

    /// <summary>Whether changes of the members are refused that would leave no majority which runs and is connected.</summary>
    public required bool ChecksReconfiguration { get; init; }

    /// <summary>How many members without a vote the cluster may have.</summary>
    public required int LearnersMax { get; init; }

    /// <summary>Bytes a second of one snapshot that is sent to a member which is far behind; null means no limit.</summary>
    public required long? SnapshotBytesPerSecond { get; init; }

    /// <summary>Whether a member with data compares it with that of the others before it serves.</summary>
    public required bool ChecksDataAtStart { get; init; }

    /// <summary>Least time between two comparisons of the members' data; null means none are made.</summary>
    public required TimeSpan? CorruptCheckInterval { get; init; }

    /// <summary>Log entries between two checkpoints, at least 1.</summary>
    public required long SnapshotCount { get; init; }

    /// <summary>Log entries before a checkpoint that are kept for followers that are a little behind, at least 1.</summary>
    public required long SnapshotCatchUpEntries { get; init; }

    /// <summary>Time between two heartbeats; one tick of the consensus.</summary>
    public required TimeSpan HeartbeatInterval { get; init; }

    /// <summary>Time without a leader after which a member stands for election.</summary>
    public required TimeSpan ElectionTimeout { get; init; }

    /// <summary>Whether a member asks if it could win an election before it raises its term for one.</summary>
    public required bool AsksBeforeElections { get; init; }

    /// <summary>The data size in bytes from which writes are refused; null means no limit.</summary>
    public required long? QuotaBytes { get; init; }

    /// <summary>Operations allowed in one transaction.</summary>
    public required int TransactionOperationsMax { get; init; }

    /// <summary>Bytes allowed in one replicated request.</summary>
    public required int RequestBytesMax { get; init; }

    /// <summary>Bytes allowed in one message of the wire: a request, and what gRPC adds to it.</summary>
    /// <remarks>Source: etcd, 512 KiB of overhead beside <c>--max-request-bytes</c>.</remarks>
    public int MessageBytesMax => RequestBytesMax + (512 * 1024);

    /// <summary>Streams that one client connection may hold open.</summary>
    public required int StreamsPerConnectionMax { get; init; }

    /// <summary>How much history is kept without being asked.</summary>
    public required AutoCompaction AutoCompaction { get; init; }

    /// <summary>Time between two progress notifications of an idle watch that asked for them.</summary>
    public required TimeSpan WatchProgressInterval { get; init; }

    /// <summary>Certificates of the client port; null when every client URL is plain.</summary>
    public required TlsSettings? Tls { get; init; }

    /// <summary>Certificates of the peer port and of calls to others; null when every peer URL is plain.</summary>
    public required TlsSettings? PeerTls { get; init; }

    /// <summary>The etcd version that <c>/version</c> and Status report, because clients read features from it.</summary>
    public required string EtcdVersion { get; init; }

    /// <summary>What members compare of <see cref="EtcdVersion"/>.</summary>
    public ClusterVersion MinorVersion => ClusterVersion.Parse(EtcdVersion)
        ?? throw new InvalidOperationException("The version was checked.");

    /// <summary>The least level that is logged.</summary>
    public required LogLevel LogLevel { get; init; }

    /// <summary>Whether log lines are JSON objects.</summary>
    public required bool LogsJson { get; init; }
}
