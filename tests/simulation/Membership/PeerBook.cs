using Sync.Member.Membership;
using Sync.Raft;
using Sync.Simulation.Scheduling;

namespace Sync.Simulation.Membership;

/// <summary>
/// Whom a process calls and listens to: what the links of a production member do with the members that it has published.
/// </summary>
/// <param name="members">The members at the start.</param>
/// <param name="farewell">How long a member that was removed is still called, so that it hears of it.</param>
internal sealed class PeerBook(ClusterMembers members, long farewell)
{
    // Of production's five seconds, for a run is short.
    private const long LastingMin = Durations.Second;
    private const long SilenceMax = 500 * Durations.Millisecond;

    private readonly Dictionary<MemberId, long> _leaving = [];
    private readonly Dictionary<MemberId, (long Since, long Last)> _heard = [];

    /// <summary>The members as they were published last.</summary>
    public ClusterMembers Members { get; private set; } = members;

    /// <summary>Goes on with other members.</summary>
    public void Follow(ClusterMembers members, long now)
    {
        if (ReferenceEquals(members, Members))
        {
            return;
        }

        foreach (var gone in Members.All.Where(member => members.Find(member.Id) is null))
        {
            _leaving[gone.Id] = now + farewell;
        }

        Members = members;
    }

    /// <summary>Whether messages to a member are sent: to one that is unknown here, too, once it has called.</summary>
    public bool Calls(MemberId peer, long now) =>
        Members.Find(peer) is not null || _leaving.GetValueOrDefault(peer) > now
        || (_heard.ContainsKey(peer) && Hears(peer));

    /// <summary>Whether messages of a member are taken. One that is unknown here may have been added meanwhile.</summary>
    public bool Hears(MemberId peer) => !Members.WasRemoved(peer);

    /// <summary>A message of a member arrived.</summary>
    public void Heard(MemberId peer, long now)
    {
        var (since, last) = _heard.GetValueOrDefault(peer);
        _heard[peer] = (now - last > SilenceMax ? now : since, now);
    }

    /// <summary>Whether a member is in reach, and has been for a while.</summary>
    public PeerContact ContactTo(MemberId peer, long now)
    {
        if (!_heard.TryGetValue(peer, out var heard) || now - heard.Last > SilenceMax)
        {
            return PeerContact.Away;
        }

        return now - heard.Since < LastingMin ? PeerContact.Recent : PeerContact.Lasting;
    }
}
