using System.Net.Sockets;

namespace Sync.TestKit;

/// <summary>How a started program tells that it can be used.</summary>
public abstract record Readiness
{
    // How often an open port or a good answer is looked for. The first look is at once.
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>The program is ready as soon as it runs.</summary>
    public static Readiness AtOnce { get; } = new Started();

    /// <summary>The program writes a line that holds <paramref name="text"/> on its standard error.</summary>
    public static Readiness Line(string text) => new Logged(text);

    /// <summary>Something accepts connections at a port of loopback.</summary>
    public static Readiness Port(int port) => new Listening(port);

    /// <summary>A GET of <paramref name="address"/> is answered with a code from 200 to 299.</summary>
    public static Readiness Answer(Uri address) => new Answering(address);

    /// <summary>Ends when the program is ready.</summary>
    /// <param name="log">What the program writes on its standard error.</param>
    /// <param name="cancellationToken">The limit.</param>
    /// <exception cref="OperationCanceledException">It was not when the token ended.</exception>
    public abstract Task WaitAsync(CapturedLog log, CancellationToken cancellationToken);

    /// <summary>Whether something accepts connections at a port of loopback now.</summary>
    public static async Task<bool> AcceptsAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Ends when the program is ready, or fails when it ends before.</summary>
    /// <param name="log">What the program writes on its standard error.</param>
    /// <param name="exitCode">Ends with the program.</param>
    /// <param name="failure">Makes the exception from a clause that says what went wrong.</param>
    /// <param name="cancellationToken">The limit.</param>
    internal async Task RequireAsync(
        CapturedLog log,
        Task<int> exitCode,
        Func<string, ServerProcessException> failure,
        CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ready = WaitAsync(log, ended.Token);
        try
        {
            if (await Task.WhenAny(ready, exitCode) == exitCode)
            {
                throw failure($"ended with exit code {await exitCode} before it was ready");
            }

            await ready;
        }
        catch (OperationCanceledException)
        {
            throw failure($"was not ready at the limit ({this})");
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    private static async Task ProbeAsync(Func<CancellationToken, Task<bool>> isReady, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ProbeInterval);
        while (!await isReady(cancellationToken))
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private sealed record Started : Readiness
    {
        public override Task WaitAsync(CapturedLog log, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed record Logged(string Text) : Readiness
    {
        public override Task WaitAsync(CapturedLog log, CancellationToken cancellationToken) =>
            log.WaitForAsync(line => line.Contains(Text, StringComparison.Ordinal), cancellationToken);
    }

    private sealed record Listening(int Number) : Readiness
    {
        public override Task WaitAsync(CapturedLog log, CancellationToken cancellationToken) =>
            ProbeAsync(token => AcceptsAsync(Number, token), cancellationToken);
    }

    private sealed record Answering(Uri Address) : Readiness
    {
        public override async Task WaitAsync(CapturedLog log, CancellationToken cancellationToken)
        {
            using var client = new HttpClient();
            await ProbeAsync(token => AnswersAsync(client, token), cancellationToken);
        }

        private async Task<bool> AnswersAsync(HttpClient client, CancellationToken cancellationToken)
        {
            try
            {
                using var response = await client.GetAsync(Address, cancellationToken);
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }
    }
}
