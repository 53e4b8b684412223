using Grpc.Core;

namespace Sync.Etcd.Client.Connections;

/// <summary>One unary call with its attempts.</summary>
internal sealed class RepeatedCall<TRequest, TResponse>(StoreAccess access) : IDisposable
    where TRequest : class
    where TResponse : class
{
    // With less time, an attempt would as likely as not turn a plain refusal into an outcome that nobody knows.
    private static readonly TimeSpan AttemptTimeMin = TimeSpan.FromMilliseconds(200);

    // Cancelled, never disposed: a caller may drop the call while an attempt still looks at it.
    private readonly CancellationTokenSource _dropped = new();
    private AsyncUnaryCall<TResponse>? _last;

    /// <summary>Begins the call; its task ends with an answer or the last attempt's error.</summary>
    public AsyncUnaryCall<TResponse> Start(
        Method<TRequest, TResponse> method, string? host, CallOptions call, TRequest request)
    {
        var response = RunAsync(method, host, call, request);
        return new AsyncUnaryCall<TResponse>(
            response, HeadersAsync(response),
            () => _last?.GetStatus() ?? Status.DefaultCancelled, () => _last?.GetTrailers() ?? [], Dispose);
    }

    /// <summary>Gives the call up.</summary>
    public void Dispose() => _dropped.Cancel();

    private async Task<TResponse> RunAsync(
        Method<TRequest, TResponse> method, string? host, CallOptions call, TRequest request)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken, _dropped.Token);
        var deadline = call.Deadline ?? (access.Time.GetUtcNow() + access.Options.RequestTimeout).UtcDateTime;
        var whole = call.WithCancellationToken(stop.Token);
        var failures = 0;
        var mayRenewToken = access.SignIn.HasCredentials;
        while (true)
        {
            var connection = access.Ring.Current;
            var attemptDeadline = AttemptDeadline(method.FullName, deadline);
            try
            {
                await access.SignIn.EnsureAsync(stop.Token).ConfigureAwait(false);
                _last = new EndpointInvoker(access, connection)
                    .AsyncUnaryCall(method, host, whole.WithDeadline(attemptDeadline), request);
                return await _last.ResponseAsync.ConfigureAwait(false);
            }
            catch (RpcException) when (stop.IsCancellationRequested)
            {
                throw new OperationCanceledException(call.CancellationToken);
            }
            catch (RpcException error) when (mayRenewToken && EtcdErrors.IsTokenRefused(error))
            {
                mayRenewToken = false;
                access.SignIn.Forget();
            }
            catch (RpcException error) when (MayRepeat(method.FullName, error, attemptDeadline < deadline))
            {
                failures++;
                access.Ring.MoveOnFrom(connection);
                var wait = WaitAfter(failures);
                var lastBegin = wait > TimeSpan.Zero ? deadline - AttemptTimeMin : deadline;
                if (access.Time.GetUtcNow().UtcDateTime + wait >= lastBegin)
                {
                    throw;
                }

                await Task.Delay(wait, access.Time, stop.Token).ConfigureAwait(false);
                if (access.Time.GetUtcNow().UtcDateTime >= lastBegin)
                {
                    // The wait took longer than it was to, as on a busy machine.
                    throw;
                }
            }
        }
    }

    private static bool MayRepeat(string method, RpcException error, bool isOthersTurn) =>
        EtcdErrors.WasNeverSent(error)
            || (ReadMethods.Contains(method)
                && (error.StatusCode == StatusCode.Unavailable
                    || (error.StatusCode == StatusCode.DeadlineExceeded && isOthersTurn)));

    // A silent endpoint must leave time to ask another, but only a read may be asked twice.
    private DateTime AttemptDeadline(string method, DateTime deadline)
    {
        var attempt = (access.Time.GetUtcNow() + access.Options.AttemptTimeout).UtcDateTime;
        return access.Ring.Count > 1 && ReadMethods.Contains(method) && attempt < deadline ? attempt : deadline;
    }

    // Every endpoint is asked once before anybody waits.
    private TimeSpan WaitAfter(int failures) => failures < access.Ring.Count
        ? TimeSpan.Zero
        : access.WaitAfter(failures / access.Ring.Count);

    private async Task<Metadata> HeadersAsync(Task<TResponse> response)
    {
        await ((Task)response).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _last is null ? [] : await _last.ResponseHeadersAsync.ConfigureAwait(false);
    }
}
