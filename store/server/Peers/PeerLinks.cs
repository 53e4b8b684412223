using Sync.Member.Forwarding;
using Sync.Member.Membership;
using Sync.Raft;
using Sync.Raft.Messages;
using Sync.Store.Hosting;
using Sync.Store.Options;
using Sync.Store.Replication;

namespace Sync.Store.Peers;

/// <summary>The links to all other members. Each is a loop of its own; this service starts and awaits them.</summary>
/// <remarks>The member's thread sends and tells who the members are; nobody waits for a peer.</remarks>
internal sealed class PeerLinks : BackgroundService
{
    // More members than any cluster has; others cannot make this one call without end.
    private const int GuestsMax = 16;

    private readonly PeerChannels _channels;
    private readonly PeerIdentity _identity;
    private readonly Inbox<MemberRequest> _inbox;
    private readonly PublishedState _published;
    private readonly FailStop _failStop;
    private readonly TimeProvider _time;
    private readonly ILogger<PeerLinks> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<MemberId, (PeerLink Link, Task Loop)> _links = [];
    private readonly List<Task> _ended = [];
    private readonly HashSet<MemberId> _refusers = [];
    private readonly HashSet<MemberId> _leaving = [];

    // Who has a link because it called, and not because it is known to be a member.
    private readonly HashSet<MemberId> _guests = [];
    private readonly TimeSpan _farewell;
    private ClusterMembers? _members;
    private volatile bool _hasBelonged;

    /// <summary>No links; <see cref="Follow"/> makes them.</summary>
    public PeerLinks(
        PeerChannels channels,
        PeerIdentity identity,
        Inbox<MemberRequest> inbox,
        PublishedState published,
        FailStop failStop,
        StoreSettings settings,
        TimeProvider time,
        ILogger<PeerLinks> logger)
    {
        _farewell = settings.ElectionTimeout;
        _channels = channels;
        _identity = identity;
        _inbox = inbox;
        _published = published;
        _failStop = failStop;
        _time = time;
        _logger = logger;
    }

    /// <summary>Makes links to new members, ends those to members that are no more, takes note of moved ones.</summary>
    public void Follow(ClusterMembers members)
    {
        if (ReferenceEquals(members, _members))
        {
            return;
        }

        lock (_lock)
        {
            _members = members;
            foreach (var (peer, (link, loop)) in _links.Where(pair => IsGone(pair.Key, members)).ToList())
            {
                _guests.Remove(peer);
                if (_leaving.Add(peer))
                {
                    _ended.Add(EndAsync(peer, link, loop));
                }
            }

            foreach (var member in members.All.Where(member => member.Id != _identity.Self))
            {
                _guests.Remove(member.Id);
                if (_links.TryGetValue(member.Id, out var known))
                {
                    known.Link.Urls = member.PeerUrls;
                }
                else
                {
                    Open(member.Id, member.PeerUrls);
                }
            }
        }
    }

    /// <summary>
    /// A member of the cluster has introduced itself. One that is unknown here may have been added while this member was
    /// away, and may lead: unless it is answered, this member never hears that it was added.
    /// </summary>
    /// <param name="caller">Who called.</param>
    /// <param name="urls">Where it says that it is.</param>
    public void Introduced(MemberId caller, IReadOnlyList<string> urls)
    {
        List<string> faults = [];
        lock (_lock)
        {
            var members = _members ?? _published.Status.Members;
            if (caller != _identity.Self && !_links.ContainsKey(caller) && members.Find(caller) is null
                && !members.WasRemoved(caller) && _guests.Count < GuestsMax
                && urls.Where(url => UrlList.Parse("peer URL", url, faults) is not null).ToList() is { Count: > 0 } valid)
            {
                _guests.Add(caller);
                Open(caller, valid);
            }
        }
    }

    /// <summary>Sends a message of the consensus; it is dropped when the peer is out of reach.</summary>
    public void Send(Message message) => Find(message.To)?.Send(message);

    /// <summary>Sends a message of the member; it is dropped when the peer is out of reach.</summary>
    public void Send(MemberMessage message) => Find(message.To)?.Send(message);

    /// <summary>A member has reached this one.</summary>
    public void Heard(MemberId peer) => Find(peer)?.Heard();

    /// <summary>Since when messages to a member get through; the largest number while they do not.</summary>
    public long ConnectedSince(MemberId peer) => Find(peer)?.ConnectedSince ?? long.MaxValue;

    /// <summary>Connects to all anew, so that each says whether this member is one of them.</summary>
    public void AskAgain()
    {
        lock (_lock)
        {
            foreach (var (link, _) in _links.Values)
            {
                link.AskAgain();
            }
        }
    }

    /// <summary>Where a member is best called: where it was reached last.</summary>
    public string UrlOf(ClusterMember member) => Find(member.Id)?.Url ?? member.PeerUrls[0];

    /// <inheritdoc/>
    /// <remarks>
    /// Here and not in the loop, which runs beside the member's thread: whom the thread has told of is newer than what
    /// was published before, and a link that is once given up is not taken up again.
    /// </remarks>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_members is null)
            {
                Follow(_published.Status.Members);
            }
        }

        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(Timeout.Infinite, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stopping.CancelAsync();
        await Task.WhenAll(Loops());
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var (link, _) in _links.Values)
        {
            link.Dispose();
        }

        _stopping.Dispose();
        base.Dispose();
    }

    private bool IsGone(MemberId peer, ClusterMembers members) =>
        members.Find(peer) is null && (!_guests.Contains(peer) || members.WasRemoved(peer));

    private void Open(MemberId peer, IReadOnlyList<string> urls)
    {
        var link = new PeerLink(peer, urls, _channels, _identity, _inbox, Refused, _time, _logger);
        _links[peer] = (link, link.RunAsync(_stopping.Token));
    }

    private Task[] Loops()
    {
        lock (_lock)
        {
            return [.. _links.Values.Select(link => link.Loop), .. _ended];
        }
    }

    // A member that is removed still has to hear of it.
    private async Task EndAsync(MemberId peer, PeerLink link, Task loop)
    {
        await Task.Delay(_farewell, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            _links.Remove(peer);
            _leaving.Remove(peer);
        }

        await link.RemoveAsync();
        await loop;
        link.Dispose();
    }

    private PeerLink? Find(MemberId peer)
    {
        lock (_lock)
        {
            return _links.TryGetValue(peer, out var found) ? found.Link : null;
        }
    }

    // A member that has had a leader, or is welcome to one of the others, belongs to its cluster, whoever else refuses
    // it. One that never had stops when it is told what is wrong by a member of a cluster that works, or by so many that
    // it can never have a leader.
    private void Refused(MemberId peer, PeerFailure failure)
    {
        if (failure.IsFinal)
        {
            _failStop.Stop(new StartException(failure.Sentence));
            return;
        }

        _hasBelonged |= _published.Status.Leader != MemberId.None || _identity.WasWelcomed;
        if (_hasBelonged)
        {
            return;
        }

        int refusers, members;
        lock (_lock)
        {
            _refusers.Add(peer);
            (refusers, members) = (_refusers.Count, _links.Count - _leaving.Count - _guests.Count + 1);
        }

        if (failure.PeerKnowsLeader || members - refusers <= members / 2)
        {
            _failStop.Stop(new StartException($"The member {peer} refuses this one. {failure.Sentence}"));
        }
    }
}
