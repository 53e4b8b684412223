using Sync.Member.Membership;
using Sync.Mvcc.Commands;

namespace Sync.Member.Proposals;

/// <summary>What an entry of the log asks a member to do.</summary>
public abstract record MemberCommand
{
    private MemberCommand()
    {
    }

    /// <summary>Changes the keyspace.</summary>
    /// <param name="Command">The change.</param>
    public sealed record ChangeKeyspace(Command Command) : MemberCommand;

    /// <summary>A member tells its name and URLs.</summary>
    /// <param name="Member">The member as it is now.</param>
    public sealed record PublishMember(ClusterMember Member) : MemberCommand;
}
