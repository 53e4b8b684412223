using Sync.Member.Membership;
using Sync.Mvcc.Commands;
using Sync.Raft;

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

    /// <summary>A command that the leader proposed for another member.</summary>
    /// <param name="Asker">The member whose client waits.</param>
    /// <param name="Run">The run of that member.</param>
    /// <param name="Request">The request, by that member's name for it.</param>
    /// <param name="Command">What to do; not forwarded itself.</param>
    public sealed record Forwarded(MemberId Asker, ulong Run, RequestId Request, MemberCommand Command) : MemberCommand;

    /// <summary>A member tells its name, its version and its URLs.</summary>
    /// <param name="Member">The member as it is now.</param>
    public sealed record PublishMember(ClusterMember Member) : MemberCommand;

    /// <summary>A downgrade of the cluster begins or is given up.</summary>
    /// <param name="Target">The version that it leads to; null gives up the one that is under way.</param>
    public sealed record Downgrade(ClusterVersion? Target) : MemberCommand;
}
