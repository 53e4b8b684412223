using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Etcd.Client.Connections;
using Sync.Etcd.Client.Keys;

namespace Sync.Etcd.Client.Mirroring;

/// <summary>One stream with one watcher for each range, in the order of the ranges.</summary>
internal sealed class WatchStream : IDisposable
{
    private readonly AsyncDuplexStreamingCall<WatchRequest, WatchResponse> _call;
    private readonly TimeProvider _time;
    private readonly CancellationToken _cancellation;
    private readonly List<long> _watchIds = [];

    // Answers to the first watchers that came while the last were being made.
    private readonly Queue<WatchResponse> _early = new();
    private Task<bool>? _reading;

    private WatchStream(StoreAccess access, EndpointConnection connection, CancellationToken cancellation)
    {
        _time = access.Time;
        _cancellation = cancellation;
        _call = new Watch.WatchClient(new EndpointInvoker(access, connection))
            .Watch(StoreAccess.WithLeader(cancellation));
    }

    /// <summary>Opens a stream; returns once every watcher stands.</summary>
    /// <param name="access">The client's parts.</param>
    /// <param name="connection">The endpoint to watch at.</param>
    /// <param name="ranges">What to watch.</param>
    /// <param name="startRevision">The first revision wanted; 0 is from now on.</param>
    /// <param name="cancellation">Ends the stream.</param>
    /// <exception cref="RpcException">The endpoint failed or refused.</exception>
    public static async Task<WatchStream> OpenAsync(
        StoreAccess access, EndpointConnection connection, IReadOnlyList<KeyRange> ranges, long startRevision,
        CancellationToken cancellation)
    {
        var stream = new WatchStream(access, connection, cancellation);
        try
        {
            await stream.CreateAsync(ranges, startRevision, access.Options.RequestTimeout).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The next answer.</summary>
    /// <param name="silence">How long to wait for it.</param>
    /// <returns>Null when the server stayed silent; the answer is then still awaited by the next call.</returns>
    /// <exception cref="RpcException">The stream failed or the server closed it.</exception>
    public async Task<WatchResponse?> ReadAsync(TimeSpan silence) =>
        _early.TryDequeue(out var answer) ? answer : await ReceiveAsync(silence).ConfigureAwait(false);

    /// <summary>The place among the ranges of the watcher that an answer is for; -1 when it is for all.</summary>
    public int WatcherOf(WatchResponse answer) => _watchIds.IndexOf(answer.WatchId);

    /// <summary>Asks how far the watchers are; the answer comes as one for all.</summary>
    public Task AskProgressAsync() =>
        WriteAsync(new WatchRequest { ProgressRequest = new WatchProgressRequest() });

    /// <inheritdoc/>
    public void Dispose() => _call.Dispose();

    // Watchers begin in the order they were asked for, which is how their numbers are told apart.
    private async Task CreateAsync(IReadOnlyList<KeyRange> ranges, long startRevision, TimeSpan timeout)
    {
        foreach (var range in ranges)
        {
            var create = new WatchCreateRequest
            {
                Key = range.Start,
                RangeEnd = range.End,
                StartRevision = startRevision,
                ProgressNotify = true,
                Fragment = true,
            };
            await WriteAsync(new WatchRequest { CreateRequest = create }).ConfigureAwait(false);
        }

        while (_watchIds.Count < ranges.Count)
        {
            var answer = await ReceiveAsync(timeout).ConfigureAwait(false)
                ?? throw Failure($"The store did not begin the watch within {timeout.TotalSeconds:0.#} s.");
            if (answer is { Created: true, Canceled: true })
            {
                throw Refusal(answer.CancelReason);
            }

            if (answer.Created)
            {
                _watchIds.Add(answer.WatchId);
            }
            else
            {
                _early.Enqueue(answer);
            }
        }
    }

    private async Task<WatchResponse?> ReceiveAsync(TimeSpan silence)
    {
        _reading ??= _call.ResponseStream.MoveNext(_cancellation);
        if (!_reading.IsCompleted)
        {
            await ((Task)_reading).WaitAsync(silence, _time, _cancellation)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_reading.IsCompleted)
            {
                _cancellation.ThrowIfCancellationRequested();
                return null;
            }
        }

        var isAnswer = await _reading.ConfigureAwait(false);
        _reading = null;
        return isAnswer ? _call.ResponseStream.Current : throw Failure("The store closed the watch.");
    }

    private async Task WriteAsync(WatchRequest request)
    {
        try
        {
            await _call.RequestStream.WriteAsync(request, _cancellation).ConfigureAwait(false);
        }
        catch (Exception ended) when (!_cancellation.IsCancellationRequested
            && ended is InvalidOperationException or OperationCanceledException or IOException
                or HttpRequestException)
        {
            throw Failure("The store closed the watch.", ended);
        }
    }

    /// <summary>The error that a watcher ended with, whose text names a status as gRPC prints it.</summary>
    public static RpcException Refusal(string reason)
    {
        var isDenied = reason.Contains("PermissionDenied", StringComparison.Ordinal);
        var code = isDenied ? StatusCode.PermissionDenied : StatusCode.Unavailable;
        return new RpcException(new Status(code, $"The store ended the watch: {reason}"));
    }

    private static RpcException Failure(string text, Exception? cause = null) =>
        new(new Status(StatusCode.Unavailable, text, cause));
}
