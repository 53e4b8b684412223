using System.Text;
using Sync.Disk;
using Sync.Member.Proposals;
using Sync.Mvcc.Commands;
using Sync.Raft;
using Sync.Raft.Log;
using Sync.Raft.Roles;
using Sync.Store.Hosting;
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

        var restored = RestoredMember.From(directory, settings, nowMilliseconds: 0).ApplyLog(goesOn: true);

        restored.Member.Status.Applied.Should().Be(new LogIndex(2));
        restored.Keyspace.View.Revision.Value.Should().Be(3, "a fresh store is at revision 1, and each put moves it");
        restored.Member.NeedsTurn.Should().BeFalse();
    }

    // A crash may forget what only told of commits; the checkpoint knows better.
    [Fact]
    public void A_member_whose_checkpoint_is_ahead_of_its_hard_state_applies_its_log_and_starts()
    {
        var settings = SettingsOf("--pre-vote");
        using (var directory = Open(settings))
        {
            var log = directory.Log[GroupId.First];
            log.Append([Put(1, "first"), Put(2, "second")], new HardState(new Term(1), MemberId.None, new LogIndex(1)));
            directory.Log.Write().Should().BeTrue();
            directory.Log.Sync();
            log.Append([], new HardState(new Term(1), MemberId.None, new LogIndex(2)));
            var whole = RestoredMember.From(directory, settings, nowMilliseconds: 0).ApplyLog(goesOn: true);
            directory.Checkpoints.Save(MemberCheckpoint.Of(directory.Identity, whole.Member.Image), directory.Segments.Capture());
        }

        using var again = Open(settings);
        again.Log[GroupId.First].HardState.Commit.Should().Be(new LogIndex(1), "what was not synced is lost");

        var restored = RestoredMember.From(again, settings, nowMilliseconds: 0).ApplyLog(goesOn: true);

        restored.Member.Status.Applied.Should().Be(new LogIndex(2));
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public void Entries_of_a_term_that_the_hard_state_lacks_are_no_obstacle(bool goesOn, ulong durableTerm)
    {
        var settings = SettingsOf("--pre-vote");
        using var directory = Open(settings);
        var log = directory.Log[GroupId.First];
        log.Append([Put(1, "first")], new HardState(new Term(1), MemberId.None, new LogIndex(1)));
        log.Append([Put(2, "second", term: 2)], hardState: null);
        directory.Log.Write().Should().BeTrue();
        directory.Log.Sync();

        var restored = RestoredMember.From(directory, settings, nowMilliseconds: 0).ApplyLog(goesOn);

        restored.Member.Status.Applied.Should().Be(new LogIndex(1));
        restored.Member.Status.Term.Should().Be(new Term(2));
        log.HardState.Term.Value.Should().Be(durableTerm, "only a member that goes on writes it");
        restored.Member.NeedsTurn.Should().BeFalse();
    }

    [Fact]
    public void An_entry_of_an_unknown_form_is_told_with_the_remedy()
    {
        var settings = SettingsOf("--pre-vote");
        using var directory = Open(settings);
        directory.Log[GroupId.First].Append(
            [new Entry(new Term(1), new LogIndex(1), EntryKind.Normal, new byte[] { 99 })],
            new HardState(new Term(1), MemberId.None, new LogIndex(1)));
        directory.Log.Write().Should().BeTrue();
        directory.Log.Sync();

        var act = () => RestoredMember.From(directory, settings, nowMilliseconds: 0).ApplyLog(goesOn: true);

        act.Should().Throw<StartException>().WithMessage("*kind 99*Start the release that wrote it.");
    }

    private static Entry Put(ulong index, string key, ulong term = 1) => new(
        new Term(term),
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
