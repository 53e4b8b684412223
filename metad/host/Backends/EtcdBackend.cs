using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Etcd.Client;
using Sync.Etcd.Client.Keys;
using Sync.Etcd.Client.Mirroring;
using Sync.Metad.Model.Backends;

namespace Sync.Metad.Backends;

/// <summary>Keys in a store that speaks etcd's API.</summary>
internal sealed class EtcdBackend : IBackend
{
    /// <summary>How many operations etcd takes in one transaction unless it is told otherwise.</summary>
    private const int OperationsMax = 128;

    private readonly EtcdClient _client;
    private readonly KeyMirror _mirror;

    /// <summary>Follows and writes through a client.</summary>
    /// <param name="client">The client; its owner disposes of it.</param>
    /// <param name="layout">Tells which ranges to follow.</param>
    public EtcdBackend(EtcdClient client, KeyLayout layout)
    {
        _client = client;
        _mirror = client.Mirror(layout.Ranges.Select(range =>
            KeyRange.Between(ByteString.CopyFrom(range.Start), ByteString.CopyFrom(range.End))));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BackendUpdate> FollowAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var update in _mirror.FollowAsync(cancellationToken))
        {
            yield return update switch
            {
                MirrorUpdate.Snapshot all => new BackendUpdate.Changed(
                    all.Keys.Revision, [.. all.Keys.Pairs.Values.Select(PutOf)]),
                MirrorUpdate.Change change => new BackendUpdate.Changed(
                    change.Keys.Revision, [.. change.Changes.Select(ChangeOf)]),
                MirrorUpdate.Relisted listed => new BackendUpdate.Relisted(
                    listed.Keys.Revision, [.. listed.Changes.Select(ChangeOf)], listed.Reason.ToString()),
                MirrorUpdate.Progress progress => new BackendUpdate.Passed(progress.Keys.Revision),
                MirrorUpdate.Connected connected => new BackendUpdate.Connected(connected.Endpoint.ToString()),
                MirrorUpdate.Lost lost => new BackendUpdate.Lost(
                    lost.Since, lost.Failures, lost.RetryIn, lost.Error.Status.Detail),
                _ => throw new UnreachableException($"No such update: {update}"),
            };
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A write of more than 128 operations is several transactions: the keys that are set first, then those that go, so that
    /// one that ends early has taken nothing away. The exception says how many of them were written.
    /// </remarks>
    public async Task<long?> WriteAsync(
        IReadOnlyList<BackendOperation> operations, WriteGuard? guard, CancellationToken cancellationToken)
    {
        var parts = operations.OrderBy(operation => operation is not BackendOperation.PutKey).Chunk(OperationsMax).ToList();
        var (revision, written) = (0L, 0);
        try
        {
            if (guard is not null)
            {
                return await WriteGuardedAsync(operations, guard, cancellationToken);
            }

            foreach (var part in parts)
            {
                var request = new TxnRequest();
                request.Success.AddRange(part.Select(RequestOf));
                var answer = await _client.TransactAsync(request, cancellationToken);
                revision = HasEffect(answer) ? answer.Header.Revision : revision;
                written++;
            }

            return revision;
        }
        catch (RpcException exception)
        {
            var isAway = exception.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded;
            throw new BackendException(Told(exception.Status.Detail, written, parts.Count), isAway, exception);
        }
        catch (OperationCanceledException exception) when (written > 0)
        {
            throw new BackendException(
                Told("the backend did not answer in time; the next may still be", written, parts.Count),
                isAway: true,
                exception);
        }
    }

    // A write that failed whole is told by the store's own words.
    private static string Told(string problem, int written, int count) => written == 0
        ? problem
        : string.Create(CultureInfo.InvariantCulture, $"{written} of {count} transactions were written, then: {problem}");

    private async Task<long?> WriteGuardedAsync(
        IReadOnlyList<BackendOperation> operations, WriteGuard guard, CancellationToken cancellationToken)
    {
        var request = new TxnRequest();
        request.Compare.AddRange(guard.Ranges.Select(range => ConditionOf(guard, range.Start, range.End)));
        request.Compare.AddRange(guard.Present.Select(PresenceOf));
        request.Success.AddRange(operations.Select(RequestOf));
        var answer = await _client.TransactAsync(request, cancellationToken);
        return !answer.Succeeded ? null : HasEffect(answer) ? answer.Header.Revision : 0;
    }

    // A condition on a range holds when it holds for each key that exists there.
    private static Compare ConditionOf(WriteGuard guard, byte[] start, byte[] end)
    {
        var condition = new Compare { Key = ByteString.CopyFrom(start), RangeEnd = ByteString.CopyFrom(end) };
        if (guard.IsAbsent)
        {
            condition.Target = Compare.Types.CompareTarget.Version;
            condition.Result = Compare.Types.CompareResult.Equal;
            condition.Version = 0;
        }
        else
        {
            condition.Target = Compare.Types.CompareTarget.Mod;
            condition.Result = Compare.Types.CompareResult.Less;
            condition.ModRevision = guard.Revision + 1;
        }

        return condition;
    }

    private static Compare PresenceOf(byte[] key) => new()
    {
        Key = ByteString.CopyFrom(key),
        Target = Compare.Types.CompareTarget.Version,
        Result = Compare.Types.CompareResult.Greater,
        Version = 0,
    };

    private static RequestOp RequestOf(BackendOperation operation) => operation switch
    {
        BackendOperation.PutKey put => new()
        {
            RequestPut = new() { Key = ByteString.CopyFrom(put.Key), Value = ByteString.CopyFrom(put.Value) },
        },
        BackendOperation.DeleteRange range => DeleteOf(range.Start, range.End),
        BackendOperation.DeletePlace place => new() { RequestTxn = DeleteOf(place) },
        _ => throw new UnreachableException($"No such operation: {operation}"),
    };

    private static RequestOp DeleteOf(byte[] start, byte[] end) => new()
    {
        RequestDeleteRange = new() { Key = ByteString.CopyFrom(start), RangeEnd = ByteString.CopyFrom(end) },
    };

    // Whether the place is a leaf is asked of the store in the same transaction: no key below it has a version.
    private static TxnRequest DeleteOf(BackendOperation.DeletePlace place)
    {
        var request = new TxnRequest();
        request.Compare.Add(new Compare
        {
            Key = ByteString.CopyFrom(place.BelowStart),
            RangeEnd = ByteString.CopyFrom(place.BelowEnd),
            Target = Compare.Types.CompareTarget.Version,
            Result = Compare.Types.CompareResult.Equal,
            Version = 0,
        });
        request.Success.Add(DeleteOf(place.Key, [.. place.Key, 0]));
        request.Failure.Add(DeleteOf(place.BelowStart, place.BelowEnd));
        return request;
    }

    private static bool HasEffect(TxnResponse answer) => answer.Responses.Any(response => response.ResponseCase switch
    {
        ResponseOp.ResponseOneofCase.ResponsePut => true,
        ResponseOp.ResponseOneofCase.ResponseDeleteRange => response.ResponseDeleteRange.Deleted > 0,
        ResponseOp.ResponseOneofCase.ResponseTxn => HasEffect(response.ResponseTxn),
        _ => false,
    });

    private static BackendChange PutOf(StoredPair pair) => new(pair.Key.Memory, Shared(pair.Value));

    private static BackendChange ChangeOf(KeyChange change) => change switch
    {
        KeyChange.Put put => PutOf(put.Pair),
        KeyChange.Removal removal => new(removal.Key.Memory, Value: null),
        _ => throw new UnreachableException($"No such change: {change}"),
    };

    // The mirror and the tree hold the same bytes; neither ever writes to them.
    private static byte[] Shared(ByteString value) =>
        MemoryMarshal.TryGetArray(value.Memory, out var segment)
            && segment is { Array: { } array, Offset: 0 } && segment.Count == array.Length
            ? array
            : value.ToByteArray();
}
