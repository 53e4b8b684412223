using System.Collections.Immutable;
using Grpc.Core;

namespace Sync.Etcd.Client.Mirroring;

/// <summary>What a mirror tells: the keys, then each change of them, and how the connection fares.</summary>
public abstract record MirrorUpdate
{
    /// <summary>The keys as first read. Comes once, before every other statement about keys.</summary>
    /// <param name="Keys">All of them.</param>
    public sealed record Snapshot(MirroredKeys Keys) : MirrorUpdate;

    /// <summary>One revision changed keys; all that it changed in the mirrored ranges is here.</summary>
    /// <param name="Keys">The keys after it; their revision is the change's and above every earlier one.</param>
    /// <param name="Changes">What happened, in the order of the store; at least one.</param>
    public sealed record Change(MirroredKeys Keys, ImmutableArray<KeyChange> Changes) : MirrorUpdate;

    /// <summary>
    /// The history between what was seen and now cannot be had revision by revision, so the keys were read anew.
    /// </summary>
    /// <param name="Keys">
    /// The keys as of now. With <see cref="RelistReason.StoreReplaced"/> their revision may be below earlier ones.
    /// </param>
    /// <param name="Changes">
    /// The difference from what was seen, in key order, each key at most once; empty when nothing differs.
    /// </param>
    /// <param name="Reason">Why.</param>
    public sealed record Relisted(
        MirroredKeys Keys, ImmutableArray<KeyChange> Changes, RelistReason Reason) : MirrorUpdate;

    /// <summary>
    /// The store said that nothing in the mirrored ranges changed up to a revision. Comes now and then.
    /// </summary>
    /// <param name="Keys">The same keys at the newer revision.</param>
    public sealed record Progress(MirroredKeys Keys) : MirrorUpdate;

    /// <summary>
    /// The watch stands: what changes from now on will come. Follows a <see cref="Snapshot"/>, and each
    /// <see cref="Lost"/> that was got over, after what had been missed.
    /// </summary>
    /// <param name="Endpoint">The address that serves it.</param>
    public sealed record Connected(Uri Endpoint) : MirrorUpdate;

    /// <summary>The store cannot be followed; the mirror tries again by itself. Comes once a failed attempt.</summary>
    /// <param name="Since">When it was last known to be followed, or when the mirror began.</param>
    /// <param name="Failures">Failed attempts since then, from 1.</param>
    /// <param name="RetryIn">The wait before the next attempt.</param>
    /// <param name="Error">What went wrong.</param>
    public sealed record Lost(DateTimeOffset Since, int Failures, TimeSpan RetryIn, RpcException Error)
        : MirrorUpdate;
}
