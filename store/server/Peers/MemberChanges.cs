using Grpc.Core;
using Sync.Member;
using Sync.Member.Membership;
using Sync.Peers.Api;
using Sync.Raft;
using Sync.Raft.Roles;
using Sync.Store.Options;
using Sync.Store.Replication;
using Sync.Store.Rpc;

namespace Sync.Store.Peers;

/// <summary>Changes the members, at this member when it leads, through the leader otherwise.</summary>
internal sealed class MemberChanges(
    StoreFront front,
    PublishedState published,
    PeerLinks links,
    PeerChannels channels,
    StoreIdentity identity,
    StoreSettings settings,
    TimeProvider time)
    : IDisposable
{
    private static readonly TimeSpan LastingMin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ForwardPatience = TimeSpan.FromSeconds(7);

    // A change is judged by the members that the one before it has left.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Makes a change, and returns when this member's own state holds it.</summary>
    /// <returns>The members after it.</returns>
    /// <exception cref="RpcException">It was refused, or got no answer.</exception>
    public async Task<ClusterMembers> MakeAsync(ClusterChange change)
    {
        var status = published.Status;
        if (status.Role == RoleKind.Leader)
        {
            await MakeHereAsync(change);
        }
        else if (status.Members.Find(status.Leader) is { } leader)
        {
            await ForwardAsync(change, leader);
            if (change is ClusterChange.Remove && change.MemberId == status.Self)
            {
                // Who is removed may never hear of it: nobody answers its reads any more.
                return published.Status.Members.After(change);
            }

            await front.LinearizableViewAsync();
        }
        else
        {
            throw RpcErrors.NoLeader;
        }

        return published.Status.Members;
    }

    /// <summary>Makes a change at this member, which must lead.</summary>
    /// <exception cref="RpcException">It was refused, or got no answer.</exception>
    public async Task MakeHereAsync(ClusterChange change)
    {
        if (!await _turn.WaitAsync(ForwardPatience))
        {
            throw RpcErrors.Of(new RequestFailedException(RequestFailure.TimedOut));
        }

        try
        {
            await JudgeAndMakeAsync(change);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What the wire says of a change.</summary>
    public static ClusterChange FromWire(ChangeQuestion question)
    {
        var member = new MemberId(question.MemberId);
        return question.Kind switch
        {
            ChangeQuestion.Types.Kind.Remove => new ClusterChange.Remove(member),
            ChangeQuestion.Types.Kind.Move => new ClusterChange.Move(member, [.. question.PeerUrls]),
            ChangeQuestion.Types.Kind.Promote => new ClusterChange.Promote(member),
            _ => new ClusterChange.Add(
                new ClusterMember(member, "", [.. question.PeerUrls], []) { IsLearner = question.IsLearner }),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task JudgeAndMakeAsync(ClusterChange change)
    {
        var members = published.Status.Members;
        if (members.FindRefusal(change) is { } refusal)
        {
            throw RpcErrors.Of(refusal);
        }

        if (change is ClusterChange.Add { Member.IsLearner: true }
            && members.All.Count(member => member.IsLearner) >= settings.LearnersMax)
        {
            throw RpcErrors.TooManyLearners;
        }

        if (settings.ChecksReconfiguration
            && StrictReconfiguration.FindRisk(change, members, ContactTo) is { } risk)
        {
            throw RpcErrors.Of(risk);
        }

        if (await front.AskAsync(new MemberRequest.MembersChange(change)) is { } late)
        {
            throw RpcErrors.Of(late);
        }
    }

    private PeerContact ContactTo(MemberId member)
    {
        if (member.Value == identity.MemberId)
        {
            return PeerContact.Lasting;
        }

        return links.ConnectedSince(member) switch
        {
            long.MaxValue => PeerContact.Away,
            var since when time.GetElapsedTime(since) < LastingMin => PeerContact.Recent,
            _ => PeerContact.Lasting,
        };
    }

    private async Task ForwardAsync(ClusterChange change, ClusterMember leader)
    {
        using var channel = channels.Open(links.UrlOf(leader));
        try
        {
            await new Peer.PeerClient(channel).ChangeAsync(
                ToWire(change), deadline: time.GetUtcNow().UtcDateTime + ForwardPatience);
        }
        catch (RpcException failure)
        {
            throw RpcErrors.PassedOn(failure);
        }
    }

    private ChangeQuestion ToWire(ClusterChange change)
    {
        var question = new ChangeQuestion
        {
            ClusterId = identity.ClusterId,
            MemberId = change.MemberId.Value,
            Kind = change switch
            {
                ClusterChange.Remove => ChangeQuestion.Types.Kind.Remove,
                ClusterChange.Move => ChangeQuestion.Types.Kind.Move,
                ClusterChange.Promote => ChangeQuestion.Types.Kind.Promote,
                _ => ChangeQuestion.Types.Kind.Add,
            },
        };
        switch (change)
        {
            case ClusterChange.Add { Member: var added }:
                question.PeerUrls.AddRange(added.PeerUrls);
                question.IsLearner = added.IsLearner;
                break;
            case ClusterChange.Move moved:
                question.PeerUrls.AddRange(moved.PeerUrls);
                break;
        }

        return question;
    }
}
