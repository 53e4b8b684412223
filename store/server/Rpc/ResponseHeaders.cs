using Sync.Etcd.Api;
using Sync.Mvcc;
using Sync.Store.Options;
using Sync.Store.Replication;

namespace Sync.Store.Rpc;

/// <summary>Makes the header of every response: who answers, and at which revision and term.</summary>
/// <param name="identity">Who answers.</param>
/// <param name="published">The member's term.</param>
internal sealed class ResponseHeaders(StoreIdentity identity, PublishedState published)
{
    /// <summary>A header.</summary>
    /// <param name="revision">The store's revision; none leaves it out, as cluster calls do.</param>
    public ResponseHeader At(Revision revision) =>
        new()
        {
            ClusterId = identity.ClusterId,
            MemberId = identity.MemberId,
            Revision = revision.Value,
            RaftTerm = published.Status.Term.Value,
        };
}
