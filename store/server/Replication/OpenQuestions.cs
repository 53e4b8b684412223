using Sync.Member;
using Sync.Member.Turns;
using Sync.Mvcc;

namespace Sync.Store.Replication;

/// <summary>The questions that the member has not answered yet, by the id that it knows them by.</summary>
/// <remarks>Owned by the thread that owns the member.</remarks>
internal sealed class OpenQuestions
{
    private readonly Dictionary<RequestId, MemberRequest> _open = [];
    private ulong _last;

    /// <summary>Whether everything is answered.</summary>
    public bool IsEmpty => _open.Count == 0;

    /// <summary>Gives a question its id.</summary>
    public RequestId Add(MemberRequest question)
    {
        var id = new RequestId(++_last);
        _open.Add(id, question);
        return id;
    }

    /// <summary>Answers everything that a turn has answers for.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="view">The view that readers see now; not older than the turn's.</param>
    public void Answer(MemberTurn turn, KeyspaceView view)
    {
        foreach (var applied in turn.Applied)
        {
            Take<MemberRequest.Proposal>(applied.Request)?.Answer(applied.Outcome);
        }

        foreach (var read in turn.Reads)
        {
            Take<MemberRequest.LinearizableRead>(read)?.Answer(view);
        }

        foreach (var renewal in turn.Renewals)
        {
            Take<MemberRequest.LeaseRenewal>(renewal.Request)?.Answer(renewal.TtlSeconds);
        }

        foreach (var remainder in turn.Remainders)
        {
            Take<MemberRequest.LeaseRemainingTime>(remainder.Request)?.Answer(remainder.Seconds);
        }

        foreach (var changed in turn.Changes)
        {
            Take<MemberRequest.ChangeOfCluster>(changed.Request)?.Answer(changed.Refusal);
        }

        foreach (var removal in turn.Removed)
        {
            Take<MemberRequest.Removal>(removal)?.Answer(true);
        }

        foreach (var (request, failure) in turn.Failed)
        {
            if (_open.Remove(request, out var question))
            {
                Fail(question, failure);
            }
        }
    }

    /// <summary>Ends all waits, because the member stops.</summary>
    public void FailAll()
    {
        foreach (var question in _open.Values)
        {
            Fail(question, RequestFailure.Stopped);
        }

        _open.Clear();
    }

    /// <summary>Ends one wait.</summary>
    public static void Fail(MemberRequest request, RequestFailure failure)
    {
        var exception = new RequestFailedException(failure);
        switch (request)
        {
            case MemberRequest.Proposal proposal: proposal.Fail(exception); break;
            case MemberRequest.LinearizableRead read: read.Fail(exception); break;
            case MemberRequest.LeaseRenewal renewal: renewal.Fail(exception); break;
            case MemberRequest.LeaseRemainingTime time: time.Fail(exception); break;
            case MemberRequest.LeaseListing listing: listing.Fail(exception); break;
            case MemberRequest.Removal removal: removal.Fail(exception); break;
            case MemberRequest.Defragmentation defragmentation: defragmentation.Fail(exception); break;
            case MemberRequest.Capturing capturing: capturing.Fail(exception); break;
            case MemberRequest.LeadershipTransfer transfer: transfer.Fail(exception); break;
            case MemberRequest.LastAnswers last: last.Fail(exception); break;
            case MemberRequest.ChangeOfCluster change: change.Fail(exception); break;
            case MemberRequest.SnapshotReceived received:
                received.Staging.Dispose();
                received.Fail(exception);
                break;
            case MemberRequest.Written or MemberRequest.CheckpointSaved or MemberRequest.ConsensusSaid
                or MemberRequest.MemberSaid or MemberRequest.PeerUnreachable or MemberRequest.SnapshotEnded:
                break;
        }
    }

    private T? Take<T>(RequestId id)
        where T : MemberRequest =>
        _open.Remove(id, out var question) ? (T)question : null;
}
