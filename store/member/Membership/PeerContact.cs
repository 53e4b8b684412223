namespace Sync.Member.Membership;

/// <summary>How the leader stands to another member, when a change of the members is judged.</summary>
public enum PeerContact
{
    /// <summary>Messages do not get through: the member takes part in no majority now.</summary>
    Away,

    /// <summary>Messages get through, and have not for long: it may be one that comes and goes.</summary>
    Recent,

    /// <summary>Messages have got through for a while: it counts when a majority is looked for.</summary>
    Lasting,
}
