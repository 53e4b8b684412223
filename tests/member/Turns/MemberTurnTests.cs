using Sync.Member.Forwarding;
using Sync.Member.Turns;
using Sync.Mvcc;
using Sync.Raft;
using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Roles;
using Sync.Raft.Snapshots;

namespace Sync.Member.Tests.Turns;

public class MemberTurnTests
{
    // Published after it, the old view would be shown with the status of the new state.
    [Fact]
    public void A_view_of_the_state_before_a_snapshot_is_published_before_that_is_installed()
    {
        var effects = new RecordedEffects();
        var turn = new MemberTurn
        {
            View = SoloMember.Leading().View,
            Ready = new Ready
            {
                Number = 1,
                Snapshot = new SnapshotHeader(new LogIndex(9), new Term(1), new GroupConfiguration(new MemberId(1))),
            },
        };

        turn.CarryOut(effects);

        effects.Done.Should().Equal("publish", "install", "write", "answer");
    }

    private sealed class RecordedEffects : ITurnEffects
    {
        public List<string> Done { get; } = [];

        public void Send(Message message) => Done.Add("send");

        public void Send(MemberMessage message) => Done.Add("send");

        public void Install(SnapshotHeader snapshot) => Done.Add("install");

        public void Write(Ready ready) => Done.Add("write");

        public void Publish(KeyspaceView view) => Done.Add("publish");

        public void SendSnapshot(SnapshotNeed need) => Done.Add("send-snapshot");

        public void Tell(RoleChange change) => Done.Add("tell");

        public void Answer(MemberTurn turn) => Done.Add("answer");
    }
}
