using System.Runtime.CompilerServices;
using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Etcd.Client.Connections;
using Sync.Etcd.Client.Keys;

namespace Sync.Etcd.Client.Mirroring;

/// <summary>One reading of a mirror: what it has seen so far, carried over from connection to connection.</summary>
/// <remarks>
/// One range is read first and watched from the revision after, so that an outage is delivered revision by
/// revision. Several ranges are watched first and read then: their watchers are live before the revision that
/// is read, and what happened during an outage is folded into one difference. A watcher of several that is
/// behind cannot be trusted to say so by every server.
/// </remarks>
internal sealed class MirrorReader(
    StoreAccess access, IReadOnlyList<KeyRange> ranges, MirrorOptions options)
{
    private readonly bool _readsFirst = ranges.Count == 1;

    // Null until the keys have been read once.
    private MirroredKeys? _keys;
    private ulong _clusterId;

    /// <summary>Follows the store at one endpoint until that fails.</summary>
    /// <exception cref="RpcException">The endpoint failed; what was told so far stays true.</exception>
    public async IAsyncEnumerable<MirrorUpdate> FollowAsync(
        EndpointConnection connection, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await access.SignIn.EnsureAsync(cancellation).ConfigureAwait(false);
        var kv = new KV.KVClient(new EndpointInvoker(access, connection));
        var reason = _keys is not null && _readsFirst
            ? await ProbeAsync(kv, _keys, cancellation).ConfigureAwait(false)
            : RelistReason.Folded;
        var isAnsweredInOrder = !_readsFirst && await AnswersInOrderAsync(connection, cancellation).ConfigureAwait(false);
        while (true)
        {
            if (_readsFirst && (_keys is null || reason is not null))
            {
                yield return await ReadAsync(kv, reason ?? RelistReason.Folded, cancellation).ConfigureAwait(false);
            }

            var start = _readsFirst && _keys is not null ? _keys.Revision + 1 : 0;
            using var stream = await WatchStream.OpenAsync(access, connection, ranges, start, cancellation)
                .ConfigureAwait(false);
            if (!_readsFirst)
            {
                yield return await ReadAsync(kv, reason ?? RelistReason.Folded, cancellation).ConfigureAwait(false);
            }

            yield return new MirrorUpdate.Connected(connection.Address);

            var join = new RevisionJoin(ranges.Count, Keys.Revision);
            var watch = new LiveWatch(stream, join, new(isAnsweredInOrder), options.ProgressInterval);
            var step = await watch.NextAsync().ConfigureAwait(false);
            for (; step is WatchStep.Advanced advanced; step = await watch.NextAsync().ConfigureAwait(false))
            {
                foreach (var update in Advance(advanced))
                {
                    yield return update;
                }
            }

            reason = ((WatchStep.Broken)step).Reason;
        }
    }

    // A server that does not tell its version is taken for an old one.
    private async Task<bool> AnswersInOrderAsync(EndpointConnection connection, CancellationToken cancellation)
    {
        try
        {
            var maintenance = new Maintenance.MaintenanceClient(new EndpointInvoker(access, connection));
            var status = await maintenance.StatusAsync(new StatusRequest(), cancellationToken: cancellation)
                .ConfigureAwait(false);
            return ProgressQuestion.IsAnsweredInOrder(status.Version);
        }
        catch (RpcException)
        {
            cancellation.ThrowIfCancellationRequested();
            return false;
        }
    }

    private MirroredKeys Keys =>
        _keys ?? throw new InvalidOperationException("Keys are watched before they were read.");

    private IEnumerable<MirrorUpdate> Advance(WatchStep.Advanced step)
    {
        foreach (var joined in step.Joined)
        {
            var (keys, changes) = Keys.After(joined.Revision, joined.Events);
            _keys = keys;
            if (!changes.IsEmpty)
            {
                yield return new MirrorUpdate.Change(keys, changes);
            }
        }

        if (step.Through > Keys.Revision)
        {
            _keys = Keys with { Revision = step.Through };
            yield return new MirrorUpdate.Progress(_keys);
        }
    }

    private async Task<MirrorUpdate> ReadAsync(
        KV.KVClient kv, RelistReason reason, CancellationToken cancellation)
    {
        var listing = await RangeReader.ReadAsync(kv, ranges, options.PageKeysMax, cancellation)
            .ConfigureAwait(false);
        var before = _keys;
        var isReplaced = before is not null
            && (listing.ClusterId != _clusterId || listing.Revision < before.Revision);
        _keys = MirroredKeys.From(listing);
        _clusterId = listing.ClusterId;
        if (before is null)
        {
            return new MirrorUpdate.Snapshot(_keys);
        }

        var changes = before.DifferenceTo(_keys);
        return changes.IsEmpty && !isReplaced
            ? new MirrorUpdate.Progress(_keys)
            : new MirrorUpdate.Relisted(_keys, changes, isReplaced ? RelistReason.StoreReplaced : reason);
    }

    /// <summary>
    /// Whether the store still has the past that was seen: as many keys at that revision, and the newest of
    /// them unchanged. A store restored from an older copy has another past even at the same revision.
    /// </summary>
    /// <returns>Null when the watch may simply go on; else why the keys must be read anew.</returns>
    private async Task<RelistReason?> ProbeAsync(
        KV.KVClient kv, MirroredKeys seen, CancellationToken cancellation)
    {
        var past = new TxnRequest();
        past.Success.Add(new RequestOp
        {
            RequestRange = new RangeRequest
            {
                Key = ranges[0].Start,
                RangeEnd = ranges[0].End,
                Revision = seen.Revision,
                CountOnly = true,
            },
        });
        var newest = seen.Newest();
        if (newest is not null)
        {
            past.Success.Add(new RequestOp
            {
                RequestRange = new RangeRequest { Key = newest.Key, Revision = seen.Revision },
            });
        }

        try
        {
            var answer = await kv.TxnAsync(past, cancellationToken: cancellation).ConfigureAwait(false);
            var isSame = answer.Header.ClusterId == _clusterId
                && answer.Responses[0].ResponseRange.Count == seen.Pairs.Count
                && (newest is null || answer.Responses[1].ResponseRange.Kvs
                    .Select(StoredPair.From).SequenceEqual([newest]));
            return isSame ? null : RelistReason.StoreReplaced;
        }
        catch (RpcException error) when (EtcdErrors.IsCompacted(error))
        {
            return RelistReason.Compacted;
        }
        catch (RpcException error) when (EtcdErrors.IsFutureRevision(error))
        {
            return RelistReason.StoreReplaced;
        }
    }
}
