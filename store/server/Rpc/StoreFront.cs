using Grpc.Core;
using Sync.Disk;
using Sync.Member;
using Sync.Member.Proposals;
using Sync.Mvcc;
using Sync.Mvcc.Commands;
using Sync.Store.Durability;
using Sync.Store.Hosting;
using Sync.Store.Options;
using Sync.Store.Peers;
using Sync.Store.Replication;

namespace Sync.Store.Rpc;

/// <summary>
/// What all RPC handlers share: proposals with their checks and limits, linearizable views, and the translation
/// of everything that goes wrong.
/// </summary>
internal sealed class StoreFront
{
    private readonly Inbox<MemberRequest> _inbox;
    private readonly PublishedState _published;
    private readonly StoreSettings _settings;
    private readonly SpaceLimit _space;
    private readonly ReadThreads _threads;
    private readonly FailStop _failStop;
    private readonly ConnectionLoss _connections;

    /// <summary>A front of one member.</summary>
    public StoreFront(
        Inbox<MemberRequest> inbox,
        PublishedState published,
        StoreSettings settings,
        SpaceLimit space,
        ReadThreads threads,
        FailStop failStop,
        ConnectionLoss connections)
    {
        _inbox = inbox;
        _published = published;
        _settings = settings;
        _space = space;
        _threads = threads;
        _failStop = failStop;
        _connections = connections;
    }

    /// <summary>The newest view, for serializable reads.</summary>
    public KeyspaceView View => _published.View;

    /// <summary>Checks a request that needs no proposal.</summary>
    /// <exception cref="RpcException">The request is refused.</exception>
    public void Check(Command command)
    {
        if (CommandValidation.Check(command, _settings.TransactionOperationsMax) is { } refusal)
        {
            throw RpcErrors.Of(refusal);
        }
    }

    /// <summary>Checks a command, replicates it and waits until it is applied.</summary>
    /// <typeparam name="TOutcome">The command's kind of outcome.</typeparam>
    /// <exception cref="RpcException">It was refused, or got no answer.</exception>
    public async Task<TOutcome> ProposeAsync<TOutcome>(Command command)
        where TOutcome : Outcome
    {
        Check(command);
        if (_space.Refuses(command, _published.Size.TotalBytes, _published.HasRoom))
        {
            await ProposeUncheckedAsync(new RaiseAlarmCommand(_space.Alarm));
            throw RpcErrors.NoSpace;
        }

        return (TOutcome)await ProposeUncheckedAsync(command);
    }

    /// <summary>A view that holds every write acknowledged before the call.</summary>
    /// <exception cref="RpcException">Nobody could confirm one in time.</exception>
    public ValueTask<KeyspaceView> LinearizableViewAsync() =>
        _published.Status.ServesReadsAlone
            ? new ValueTask<KeyspaceView>(_published.View)
            : new ValueTask<KeyspaceView>(AskAsync(new MemberRequest.LinearizableRead()));

    /// <summary>Reads from a view; damage or a broken invariant that a read meets ends the process.</summary>
    /// <exception cref="RpcException">The read was refused.</exception>
    public T Read<T>(Func<Result<T>> read)
    {
        Result<T> result;
        try
        {
            result = read();
        }
        catch (Exception failure) when (failure is DamageException or DiskFailureException
            || FailStop.IsBrokenInvariant(failure))
        {
            _failStop.Stop(failure);
            throw RpcErrors.Stopped;
        }

        return result.IsOk ? result.Value : throw RpcErrors.Of(result.Error);
    }

    /// <summary>Reads much from a view, on a thread that nobody else needs.</summary>
    /// <exception cref="RpcException">The read was refused, too many wait for such a thread, or the server stops.</exception>
    public Task<T> ReadApartAsync<T>(Func<CancellationToken, Result<T>> read, CancellationToken ended) =>
        _threads.RangeAsync(end => Read(() => read(end)), ended);

    /// <summary>Hashes a view, on a thread that has nothing else to do. One hash is made at a time.</summary>
    /// <exception cref="RpcException">The revision is refused, too many hashes are asked for, or the server stops.</exception>
    public Task<KeyspaceHash> HashAsync(KeyspaceView view, Revision revision, CancellationToken ended) =>
        _threads.HashAsync(end => Read(() => view.HashKv(revision, end)), ended);

    /// <summary>Hashes a view up to its own revision.</summary>
    /// <returns>Null when it was not made to its end.</returns>
    public async Task<KeyspaceHash?> TryHashAsync(KeyspaceView view, CancellationToken over)
    {
        try
        {
            return await HashAsync(view, view.Revision, over);
        }
        catch (Exception end) when (end is RpcException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Asks the member's thread.</summary>
    /// <param name="question">The question.</param>
    /// <param name="bytes">How large it is, if it is large.</param>
    /// <exception cref="RpcException">It has too much to do, or has no answer.</exception>
    public async Task<T> AskAsync<T>(MemberRequest.Question<T> question, int bytes = 0)
    {
        var began = _connections.Now();
        if (!_inbox.TryPost(question, bytes))
        {
            throw _inbox.IsClosed ? RpcErrors.Stopped : RpcErrors.TooManyRequests;
        }

        try
        {
            return await question.Task;
        }
        catch (RequestFailedException failed)
        {
            throw failed.Failure == RequestFailure.TimedOut && _connections.Explains(began)
                ? RpcErrors.ConnectionLost
                : RpcErrors.Of(failed);
        }
    }

    private async Task<Outcome> ProposeUncheckedAsync(Command command)
    {
        var payload = MemberCommandCodec.Encode(command);
        if (payload.Length > _settings.RequestBytesMax)
        {
            throw RpcErrors.RequestTooLarge;
        }

        var outcome = await AskAsync(new MemberRequest.Proposal(payload), payload.Length);
        return outcome.IsOk ? outcome.Value : throw RpcErrors.Of(outcome.Error);
    }
}
