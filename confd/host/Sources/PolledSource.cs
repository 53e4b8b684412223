using System.Runtime.CompilerServices;
using Sync.Confd.Plan.Scheduling;

namespace Sync.Confd.Sources;

/// <summary>Follows any source by reading it again and again.</summary>
internal static class PolledSource
{
    private static readonly Backoff Retry = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
    private const double JitterShare = 0.1;

    /// <summary>Reads a source every so often; each reading says that any key may have changed.</summary>
    /// <param name="source">The source.</param>
    /// <param name="roots">The keys to read.</param>
    /// <param name="polling">Period and limit.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public static async IAsyncEnumerable<SourceUpdate> PollAsync(
        IKeySource source,
        IReadOnlyList<string> roots,
        Polling polling,
        TimeProvider clock,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            var (state, reason) = await TryReadAsync(source, roots, polling.Timeout, clock, cancellationToken);
            TimeSpan pause;
            if (state is not null)
            {
                failures = 0;
                pause = polling.Period * (1 + (JitterShare * Random.Shared.NextDouble()));
                yield return new SourceUpdate.Keys(state, ChangedKeys: null, Remark: null);
            }
            else
            {
                failures++;
                pause = Retry.PauseAfter(failures, Random.Shared.NextDouble());
                pause = pause < polling.Period ? pause : polling.Period;
                yield return new SourceUpdate.Lost(reason, failures, pause);
            }

            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    /// <summary>Reads once within a limit.</summary>
    /// <returns>The state, or null and the reason.</returns>
    public static async Task<(KeyState? State, string Reason)> TryReadAsync(
        IKeySource source,
        IReadOnlyList<string> roots,
        TimeSpan timeout,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return (await source.ReadAsync(roots, linked.Token), "");
        }
        catch (KeySourceException failure)
        {
            return (null, failure.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"no answer within {timeout.TotalSeconds:0.#} s");
        }
    }
}

/// <summary>How a source is polled.</summary>
/// <param name="Period">The time between two readings.</param>
/// <param name="Timeout">The limit of one reading.</param>
internal sealed record Polling(TimeSpan Period, TimeSpan Timeout);
