using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Mvcc;
using Sync.Mvcc.Keys;
using Sync.Store.Hosting;
using Sync.Store.Options;
using Sync.Store.Watching;
using Hub = Sync.Mvcc.Watching;
using Wire = Sync.Etcd.Api;

namespace Sync.Store.Rpc;

/// <summary>etcd's Watch service: carries requests to the watch loop and its deliveries to the client.</summary>
/// <remarks>Source: etcd, api/etcdserverpb/rpc.proto, service Watch.</remarks>
internal sealed class WatchService(
    WatchInbox inbox,
    ResponseHeaders headers,
    StoreSettings settings,
    StreamLifetime streams)
    : Wire.Watch.WatchBase
{
    private static readonly ReadOnlyMemory<byte> ZeroByte = new byte[1];

    /// <inheritdoc/>
    public override async Task Watch(
        IAsyncStreamReader<Wire.WatchRequest> requestStream,
        IServerStreamWriter<WatchResponse> responseStream,
        ServerCallContext context)
    {
        using var call = streams.Begin(context);
        using var session = new WatchSession();
        await inbox.TellAsync(new WatchInput.Open(session), call.Ended);
        try
        {
            var writer = new WatchResponseWriter(responseStream, headers, settings.MessageBytesMax);
            await call.RunAsync(
                ReadAsync(requestStream, session, call), writer.WriteAllAsync(session, inbox, call.Ended));
        }
        catch (Exception ended) when (call.IsEnd(ended))
        {
            call.ThrowWhenStopped();
        }
        finally
        {
            await inbox.TellAsync(new WatchInput.Close(session), CancellationToken.None);
        }
    }

    private async Task ReadAsync(IAsyncStreamReader<Wire.WatchRequest> requests, WatchSession session, StreamCall call)
    {
        try
        {
            while (await requests.MoveNext(call.Ended))
            {
                if (ToInput(requests.Current, session) is { } input)
                {
                    await session.AwaitAnswerRoomAsync(call.Ended);
                    await inbox.TellAsync(input, call.Ended);
                }
            }
        }
        catch (Exception ended) when (call.IsEnd(ended))
        {
            // The writer's side ends for the same reason and answers for it.
        }
    }

    private static WatchInput? ToInput(Wire.WatchRequest request, WatchSession session) => request.RequestUnionCase switch
    {
        Wire.WatchRequest.RequestUnionOneofCase.CreateRequest => ToCreate(request.CreateRequest, session),
        Wire.WatchRequest.RequestUnionOneofCase.CancelRequest =>
            new WatchInput.Cancel(session, request.CancelRequest.WatchId),
        Wire.WatchRequest.RequestUnionOneofCase.ProgressRequest => new WatchInput.RequestProgress(session),
        _ => null,
    };

    private static WatchInput.Create ToCreate(WatchCreateRequest request, WatchSession session)
    {
        var key = request.Key.IsEmpty ? ZeroByte : request.Key.Memory;
        var wish = new Hub.WatchRequest(KeyRange.FromWire(key, request.RangeEnd.Memory))
        {
            StartRevision = new Revision(request.StartRevision),
            WatchId = request.WatchId,
            NoPuts = request.Filters.Contains(WatchCreateRequest.Types.FilterType.Noput),
            NoDeletes = request.Filters.Contains(WatchCreateRequest.Types.FilterType.Nodelete),
            WithPrevious = request.PrevKv,
            ProgressNotify = request.ProgressNotify,
        };
        return new WatchInput.Create(session, wish, request.Fragment);
    }
}
