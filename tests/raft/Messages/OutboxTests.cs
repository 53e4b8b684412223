using Sync.Raft.Messages;
using Sync.Raft.Reads;

namespace Sync.Raft.Tests.Messages;

public class OutboxTests
{
    private static readonly MemberId From = new(1);
    private static readonly MemberId To = new(2);
    private static readonly Term Now = new(3);

    public static TheoryData<Message, bool> Kinds() => new()
    {
        { new PreVoteRequest(From, To, Now, LogIndex.None, Term.None), false },
        { new PreVoteResponse(From, To, Now, IsGranted: true), false },
        { new VoteRequest(From, To, Now, LogIndex.None, Term.None, IsTransfer: false), true },
        { new VoteResponse(From, To, Now, IsGranted: true), true },
        { new AppendRequest(From, To, Now, LogIndex.None, Term.None, LogIndex.None, default), false },
        { new AppendAccepted(From, To, Now, LogIndex.None), true },
        { new AppendRejected(From, To, Now, LogIndex.None, LogIndex.None, Term.None), true },
        { new HeartbeatRequest(From, To, Now, LogIndex.None, 0), false },
        { new HeartbeatResponse(From, To, Now, 0), false },
        { new ReadIndexRequest(From, To, Now, new ReadContext(1)), false },
        { new ReadIndexResponse(From, To, Now, LogIndex.None, new ReadContext(1)), false },
        { new TimeoutNow(From, To, Now), false },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_promise_waits_for_the_disk_and_nothing_else_does(Message message, bool isPromise)
    {
        var outbox = new Outbox();

        outbox.Send(message);
        var (now, afterPersist) = outbox.Take(mustWait: true);

        (isPromise ? afterPersist : now).Should().Equal(message);
        (isPromise ? now : afterPersist).Should().BeEmpty();
        outbox.Any.Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nothing_waits_when_nothing_is_written(Message message, bool isPromise)
    {
        var outbox = new Outbox();

        outbox.Send(message);
        var (now, afterPersist) = outbox.Take(mustWait: false);

        now.Should().Equal([message], $"a promise or not ({isPromise})");
        afterPersist.Should().BeEmpty();
    }
}
