using System.Globalization;
using Google.Protobuf;
using Sync.Etcd.Api;
using Sync.Etcd.Client.Keys;
using Sync.Etcd.Client.Leases;
using Sync.Etcd.Client.Mirroring;
using Sync.Store.Ctl.Options;
using Sync.Store.Ctl.Printing;

namespace Sync.Store.Ctl.Commands;

/// <summary>
/// Stands for a lock or an office: puts a key that lives with a lease of its own, and owns the name as soon as no key
/// below it is older.
/// </summary>
/// <remarks>
/// Source: etcd, client/v3/concurrency: the key is <c>name/</c> and the lease in hexadecimal, the order is that of the
/// create revisions, and each waits for the key before its own alone. So all clients that do the same exclude each other.
/// </remarks>
internal sealed class Candidacy
{
    /// <summary>How long a name stays taken by one that is gone, where nothing else is said.</summary>
    public static readonly TimeSpan TtlDefault = TimeSpan.FromSeconds(60);

    private readonly ControlSession _session;
    private readonly KeptLease _lease;
    private readonly KeyRange _all;

    // The answer that shows the key as its owner has it.
    private RangeResponse _owned = new();

    private Candidacy(ControlSession session, KeptLease lease, string name)
    {
        _session = session;
        _lease = lease;
        _all = KeyRange.Prefix(name + "/");
        Key = ByteString.CopyFromUtf8($"{name}/{lease.Id.ToString("x", CultureInfo.InvariantCulture)}");
    }

    /// <summary>The key that stands for this process.</summary>
    public ByteString Key { get; }

    /// <summary>The revision at which the name was seen to be this process's own.</summary>
    public long OwnedRevision { get; private set; }

    /// <summary>Waits for a name, acts while it is owned, and gives it up.</summary>
    /// <param name="session">Whose store it is; its end gives up waiting.</param>
    /// <param name="name">What is to be owned.</param>
    /// <param name="value">The key's value.</param>
    /// <param name="ttl">How long the name stays taken when this process dies.</param>
    /// <param name="act">What to do meanwhile.</param>
    /// <exception cref="ControlFailure">The wait was given up, or the lease was lost before it ended.</exception>
    public static async Task RunAsync(
        ControlSession session, string name, string value, TimeSpan ttl, Func<Candidacy, Task> act)
    {
        await using var lease = await session.Client.HoldLeaseAsync(ttl, session.Cancellation);
        var candidacy = new Candidacy(session, lease, name);
        try
        {
            await candidacy.WinAsync(ByteString.CopyFromUtf8(value));
            await act(candidacy);
        }
        finally
        {
            // The key goes with the lease. The command's own token may have ended already.
            if (!lease.Ended.IsCompleted)
            {
                await lease.RevokeAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>Shows the key, and keeps the name until the command is to end.</summary>
    /// <param name="expired">What is said of a lease that was lost before.</param>
    /// <exception cref="ControlFailure">It was.</exception>
    public async Task HoldAsync(string expired)
    {
        try
        {
            await _session.PrintAsync(KeyPrintouts.Get(_owned));
        }
        catch (OperationCanceledException) when (_session.Cancellation.IsCancellationRequested)
        {
            // It was owned, and ends as it does a moment later.
            return;
        }

        var end = Task.Delay(Timeout.InfiniteTimeSpan, _session.Cancellation);
        if (await Task.WhenAny(end, _lease.Ended) != end)
        {
            throw new ControlFailure(ExitCode.Error, expired);
        }
    }

    /// <summary>The keys that an update of a mirror shows; null when it shows none.</summary>
    public static MirroredKeys? KeysOf(MirrorUpdate update) => update switch
    {
        MirrorUpdate.Snapshot snapshot => snapshot.Keys,
        MirrorUpdate.Change change => change.Keys,
        MirrorUpdate.Relisted relisted => relisted.Keys,
        _ => null,
    };

    private async Task WinAsync(ByteString value)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_session.Cancellation);
        var winning = PutAndWaitAsync(value, stop.Token);
        try
        {
            if (await Task.WhenAny(winning, _lease.Ended) == winning)
            {
                await winning;
                return;
            }

            await stop.CancelAsync();
            await winning.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception error) when (_session.IsEnd(error))
        {
            throw new ControlFailure(ExitCode.Error, "context canceled");
        }

        throw new ControlFailure(ExitCode.Error, "session expired");
    }

    private async Task PutAndWaitAsync(ByteString value, CancellationToken cancellation)
    {
        var put = new TxnRequest
        {
            Success =
            {
                new RequestOp { RequestPut = new PutRequest { Key = Key, Value = value, Lease = _lease.Id } },
                new RequestOp { RequestRange = FirstCreated() },
            },
        };
        var answer = await _session.Client.TransactAsync(put, cancellation);
        var ownRevision = answer.Header.Revision;
        OwnedRevision = answer.Responses[1].ResponseRange.Kvs[0].Key.Equals(Key)
            ? ownRevision
            : await WaitForOlderAsync(ownRevision, cancellation);

        // A lease that was lost took the key with it.
        _owned = await _session.Client.Kv.RangeAsync(new RangeRequest { Key = Key }, cancellationToken: cancellation);
        if (_owned.Kvs.Count == 0)
        {
            throw new ControlFailure(ExitCode.Error, "session expired");
        }
    }

    private async Task<long> WaitForOlderAsync(long ownRevision, CancellationToken cancellation)
    {
        while (true)
        {
            var older = await _session.Client.Kv.RangeAsync(LastCreatedBefore(ownRevision), cancellationToken: cancellation);
            if (older.Kvs is not [var next])
            {
                return older.Header.Revision;
            }

            await WaitUntilGoneAsync(next, cancellation);
        }
    }

    private async Task WaitUntilGoneAsync(KeyValue awaited, CancellationToken cancellation)
    {
        await foreach (var update in _session.Client.Mirror([KeyRange.Only(awaited.Key)]).FollowAsync(cancellation))
        {
            if (KeysOf(update) is { } keys
                && keys.Pairs.GetValueOrDefault(awaited.Key)?.CreateRevision != awaited.CreateRevision)
            {
                return;
            }
        }
    }

    private RangeRequest FirstCreated() => new()
    {
        Key = _all.Start,
        RangeEnd = _all.End,
        SortTarget = RangeRequest.Types.SortTarget.Create,
        SortOrder = RangeRequest.Types.SortOrder.Ascend,
        Limit = 1,
        KeysOnly = true,
    };

    private RangeRequest LastCreatedBefore(long revision) => new()
    {
        Key = _all.Start,
        RangeEnd = _all.End,
        SortTarget = RangeRequest.Types.SortTarget.Create,
        SortOrder = RangeRequest.Types.SortOrder.Descend,
        MaxCreateRevision = revision - 1,
        Limit = 1,
        KeysOnly = true,
    };
}
