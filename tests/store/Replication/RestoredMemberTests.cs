using System.Text;
using Sync.Disk;
using Sync.Member.Proposals;
using Sync.Mvcc.Commands;
using Sync.Raft;
using Sync.Raft.Log;
using Sync.Raft.Roles;
using Sync.Store.Options;
using Sync.Store.Peers;
using Sync.Store.Replication;
using Sync.TestKit;

namespace Sync.Store.Tests.Replication;

public sealed class RestoredMemberTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--pre-vote=true", RoleKind.PreCandidate, 0)]
    [InlineData("--pre-vote=false", RoleKind.Candidate, 1)]
    public void An_election_begins_with_a_question_unless_that_is_turned_off(string flag, RoleKind role, ulong term)
    {
        var settings = SettingsOf(flag);
        using var directory = Open(settings);
        var member = RestoredMember.From(directory, settings, nowMilliseconds: 0).Member;

        member.Campaign();

        (member.Status.Role, member.Status.Term.Value).Should().Be((role, term));
    }

    [Fact]
    public void What_the_log_knows_to_be_committed_can_be_applied_before_the_member_runs()
    {
        var settings = SettingsOf("--pre-vote");
        using var directory = Open(settings);
        directory.Log[GroupId.First].Append(
            [Put(1, "first"), Put(2, "second"), Put(3, "not-committed")],
            new HardState(new Term(1), MemberId.None, new LogIndex(2)));
        directory.Log.Write().Should().BeTrue();
        directory.Log.Sync();

        var restored = RestoredMember.From(directory, settings, nowMilliseconds: 0).ApplyLog();

        restored.Member.Status.Applied.Should().Be(new LogIndex(2));
        restored.Keyspace.View.Revision.Value.Should().Be(3, "a fresh store is at revision 1, and each put moves it");
        restored.Member.NeedsTurn.Should().BeFalse();
    }

    private static Entry Put(ulong index, string key) => new(
        new Term(1),
        new LogIndex(index),
        EntryKind.Normal,
        MemberCommandCodec.Encode(new PutOperation(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes("value"))));

    private static StoreSettings SettingsOf(string flag)
    {
        var flags = new StoreFlags();
        return flags.Read(
            flags.Command.Parse([
                flag, "--name=a", "--initial-advertise-peer-urls=http://127.0.0.1:1",
                "--initial-cluster=a=http://127.0.0.1:1,b=http://127.0.0.1:2,c=http://127.0.0.1:3"]),
            []);
    }

    private DataDirectory Open(StoreSettings settings)
    {
        var identity = new DirectoryIdentity(
            settings.Cluster.ClusterId, new MemberId(settings.Cluster.MemberIdOf("a")), GroupId.First, Incarnation.First);
        return DataDirectory.Open(
            PosixDisk.Prepare(_folder.At("data")),
            identity,
            new DirectorySettings(),
            Founding.Of(settings.Cluster, identity).Beginning);
    }
}
