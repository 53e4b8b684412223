using Sync.Disk;
using Sync.Store.Compaction;
using Sync.Store.Corruption;
using Sync.Store.Durability;
using Sync.Store.Http;
using Sync.Store.Options;
using Sync.Store.Peers;
using Sync.Store.Replication;
using Sync.Store.Rpc;
using Sync.Store.Snapshots;
using Sync.Store.Watching;

namespace Sync.Store.Hosting;

/// <summary>Puts the server together. Loops start in the order they stand here and stop in reverse.</summary>
internal static class StoreServices
{
    // Requests that wait for the member's thread; beyond it clients hear that there are too many.
    private const int WaitingRequestsMax = 16_384;

    // Messages of other members that may wait beside them.
    private const int WaitingMessagesMax = 16_384;

    // How large they may be together while the member's thread is busy, and the messages beside them again.
    private const long WaitingBytesMax = 256L * 1024 * 1024;

    /// <summary>Adds the member, its loops and its services.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="settings">What the server was told.</param>
    /// <param name="directory">The member's data, open; the caller closes it.</param>
    /// <param name="channels">Makes connections to other members.</param>
    public static void AddSyncStore(
        this IServiceCollection services,
        StoreSettings settings,
        DataDirectory directory,
        PeerChannels channels)
    {
        var identity = new StoreIdentity(directory.Identity.ClusterId, directory.Identity.Member.Value);
        services.AddSingleton(settings);
        services.AddSingleton(identity);
        services.AddSingleton(directory);
        services.AddSingleton(channels);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<FailStop>();
        services.AddSingleton<StreamLifetime>();
        AddMember(services, directory);
        AddFront(services, settings);
    }

    private static void AddMember(IServiceCollection services, DataDirectory directory)
    {
        services.AddSingleton(
            new Inbox<MemberRequest>(WaitingRequestsMax, reserve: WaitingMessagesMax, WaitingBytesMax));
        services.AddSingleton(provider => Restore(
            directory,
            provider.GetRequiredService<StoreSettings>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider =>
        {
            var restored = provider.GetRequiredService<RestoredMember>();
            return new PublishedState(restored.Keyspace.View, restored.Member.Status);
        });
        services.AddSingleton(directory.Log);
        services.AddSingleton<WatchInbox>();
        services.AddSingleton<ReadThreads>();
        services.AddHostedService(provider => provider.GetRequiredService<ReadThreads>());
        services.AddHostedService<InitialCheck>();
        services.AddSingleton<LogLoop>();
        services.AddSingleton<UpkeepLoop>();
        services.AddHostedService(provider => provider.GetRequiredService<UpkeepLoop>());
        services.AddHostedService(provider => provider.GetRequiredService<LogLoop>());
        services.AddSingleton<PeerIdentity>();
        services.AddSingleton<PeerLinks>();
        services.AddHostedService(provider => provider.GetRequiredService<PeerLinks>());
        services.AddSingleton<SnapshotSender>();
        services.AddHostedService(provider => provider.GetRequiredService<SnapshotSender>());
        services.AddHostedService<MemberLoop>();
        services.AddHostedService<VersionGuard>();
        services.AddHostedService<WatchLoop>();
        services.AddHostedService<CompactionLoop>();
        services.AddHostedService<HashComparison>();
        services.AddSingleton<LeaderWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<LeaderWatch>());
    }

    // A member that is to be compared applies its log first: at its checkpoint the others may have compacted already.
    private static RestoredMember Restore(DataDirectory directory, StoreSettings settings, TimeProvider time)
    {
        var restored = RestoredMember.From(directory, settings, (long)time.GetElapsedTime(0).TotalMilliseconds);
        return settings.ChecksDataAtStart ? restored.ApplyLog(goesOn: true) : restored;
    }

    private static void AddFront(IServiceCollection services, StoreSettings settings)
    {
        services.AddSingleton<ConnectionLoss>();
        services.AddSingleton(
            provider => new SpaceLimit(provider.GetRequiredService<StoreIdentity>().MemberId, settings.QuotaBytes));
        services.AddSingleton<StoreFront>();
        services.AddHostedService<SpaceWatch>();
        services.AddSingleton<ResponseHeaders>();
        services.AddSingleton<HealthEndpoint>();
        services.AddSingleton<KvService>();
        services.AddSingleton<WatchService>();
        services.AddSingleton<LeaseService>();
        services.AddSingleton<ClusterService>();
        services.AddSingleton<MaintenanceService>();
        services.AddSingleton<AuthService>();
        services.AddSingleton<HealthService>();
        services.AddSingleton<MemberChanges>();
        services.AddSingleton<SnapshotReceiver>();
        services.AddSingleton<PeerService>();
        services.AddSingleton<CallGate>();
        services.AddSingleton<OrderlyStop>();
        services.AddHostedService(provider => provider.GetRequiredService<OrderlyStop>());
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = settings.MessageBytesMax;
            grpc.MaxSendMessageSize = null;
            grpc.Interceptors.Add<CallGate>();
        }).AddServiceOptions<PeerService>(peer => peer.MaxReceiveMessageSize = PeerLane.FrameBytesMax);
    }
}
