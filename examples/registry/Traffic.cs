namespace Sync.Registry;

/// <summary>Clients that ask without pause and retry once, and what became of their requests.</summary>
internal sealed class Traffic : IAsyncDisposable
{
    private const int Clients = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        // Each request is a connection of its own, as from as many clients.
        PooledConnectionLifetime = TimeSpan.Zero,
    })
    {
        Timeout = AnswerMax,
    };

    private readonly Uri _address;
    private readonly Task _running;
    private int _requests;
    private int _retries;
    private int _failures;

    public Traffic(Uri address)
    {
        _address = address;
        _running = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => AskOnAndOnAsync()));
    }

    /// <summary>Requests that got an answer or gave up.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Requests that needed their second attempt.</summary>
    public int Retries => Volatile.Read(ref _retries);

    /// <summary>Requests that failed twice.</summary>
    public int Failures => Volatile.Read(ref _failures);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task AskOnAndOnAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            if (!await IsAnsweredAsync())
            {
                Interlocked.Increment(ref _retries);
                if (!await IsAnsweredAsync())
                {
                    Interlocked.Increment(ref _failures);
                }
            }

            Interlocked.Increment(ref _requests);
            await Task.Delay(Pause);
        }
    }

    private async Task<bool> IsAnsweredAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(_address);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
