using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Sync.Disk;
using Sync.Mvcc;
using Sync.Mvcc.Commands;
using Sync.Raft;
using Sync.Store.Durability;
using Sync.Store.Hosting;
using Sync.Store.Options;
using Sync.Store.Peers;
using Sync.Store.Replication;
using Sync.Store.Rpc;
using Sync.TestKit;

namespace Sync.Store.Tests;

/// <summary>A member whose thread does not run: a test writes to its keyspace and takes what is posted to it.</summary>
internal sealed class QuietMember : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly DataDirectory _directory;
    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly PeerLinks _links;

    /// <summary>A member with an empty keyspace.</summary>
    /// <param name="cluster">The value of <c>--initial-cluster</c>; it holds the member <c>a</c>, at port 1.</param>
    public QuietMember(string cluster = "a=http://127.0.0.1:1")
    {
        var flags = new StoreFlags();
        Settings = flags.Read(
            flags.Command.Parse(
                ["--name=a", "--initial-advertise-peer-urls=http://127.0.0.1:1", $"--initial-cluster={cluster}"]),
            []);
        Identity = new StoreIdentity(Settings.Cluster.ClusterId, Settings.Cluster.MemberIdOf("a"));
        var identity = new DirectoryIdentity(
            Identity.ClusterId, new MemberId(Identity.MemberId), GroupId.First, Incarnation.First);
        _directory = DataDirectory.Open(
            PosixDisk.Prepare(_folder.At("data")),
            identity,
            new DirectorySettings(),
            Founding.Of(Settings.Cluster, identity).Beginning);
        var restored = RestoredMember.From(_directory, Settings, nowMilliseconds: 0);
        Keyspace = restored.Keyspace;
        Published = new PublishedState(Keyspace.View, restored.Member.Status);
        FailStop = new FailStop(_lifetime, NullLogger<FailStop>.Instance);
        Headers = new ResponseHeaders(Identity, Published);
        PeerIdentity = new PeerIdentity(Settings, _directory, Published);
        _links = new PeerLinks(
            new PeerChannels(certificates: null),
            PeerIdentity,
            Inbox,
            Published,
            FailStop,
            Settings,
            TimeProvider.System,
            NullLogger<PeerLinks>.Instance);
    }

    /// <summary>What the member was told.</summary>
    public StoreSettings Settings { get; }

    /// <summary>Who it is.</summary>
    public StoreIdentity Identity { get; }

    /// <summary>Who it is for other members.</summary>
    public PeerIdentity PeerIdentity { get; }

    /// <summary>Its keys.</summary>
    public Keyspace Keyspace { get; }

    /// <summary>What it has published.</summary>
    public PublishedState Published { get; }

    /// <summary>What is posted to it.</summary>
    public Inbox<MemberRequest> Inbox { get; } = new(capacity: 10);

    /// <summary>Hears of failures.</summary>
    public FailStop FailStop { get; }

    /// <summary>Its headers.</summary>
    public ResponseHeaders Headers { get; }

    /// <summary>A front of the member.</summary>
    public StoreFront FrontOf(ReadThreads threads) => new(
        Inbox,
        Published,
        Settings,
        new SpaceLimit(Identity.MemberId, Settings.QuotaBytes),
        threads,
        FailStop,
        new ConnectionLoss(_links, Published, TimeProvider.System));

    /// <summary>Puts keys, a revision each, and publishes them.</summary>
    public void Put(IEnumerable<string> keys, int valueBytes)
    {
        foreach (var key in keys)
        {
            Keyspace.Apply(new PutOperation(System.Text.Encoding.UTF8.GetBytes(key), new byte[valueBytes]));
        }

        var view = Keyspace.Publish();
        _directory.Segments.Published(view);
        Published.View = view;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _links.Dispose();
        _directory.Dispose();
        _folder.Dispose();
    }
}
