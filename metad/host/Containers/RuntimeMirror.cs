using System.Collections.Immutable;
using Sync.Metad.Model.Clients;

namespace Sync.Metad.Containers;

/// <summary>Follows one runtime, so that the owner of an address is found without asking for all.</summary>
internal sealed partial class RuntimeMirror : IDisposable
{
    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(5);

    private readonly IContainerRuntime _runtime;
    private readonly ContainerQuestions _questions;
    private readonly TimeProvider _time;
    private readonly ILogger<RuntimeMirror> _logger;
    private Listing _listing = new(ImmutableDictionary<ClientAddress, ImmutableArray<string>>.Empty);

    /// <summary>Creates a mirror that knows nothing yet.</summary>
    public RuntimeMirror(IContainerRuntime runtime, TimeProvider time, ILogger<RuntimeMirror> logger)
    {
        _runtime = runtime;
        _questions = new(runtime, ConfirmTimeout, time);
        _time = time;
        _logger = logger;
    }

    /// <summary>Ends when a newer list is there.</summary>
    public Task Changed => Volatile.Read(ref _listing).Superseded.Task;

    /// <summary>Who had an address when the runtime was last asked.</summary>
    /// <param name="address">The address.</param>
    public ImmutableArray<string> OwnersOf(ClientAddress address) =>
        Volatile.Read(ref _listing).Owners.GetValueOrDefault(address, []);

    /// <summary>Asks the runtime whether a container still runs and has an address.</summary>
    /// <param name="id">The container.</param>
    /// <param name="address">The address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its names; empty when it has not, or the runtime does not answer in time.</returns>
    public async Task<ImmutableArray<ClientName>> ConfirmAsync(
        string id, ClientAddress address, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ConfirmTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var found = await _questions.AskAsync(id, either.Token);
            return found is not null && found.Addresses.Contains(address) ? found.Names : [];
        }
        catch (Exception exception) when (IsAway(exception)
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return [];
        }
    }

    /// <summary>Follows the runtime, and asks for it again while it is away.</summary>
    /// <param name="stoppingToken">Ends it.</param>
    public async Task FollowAsync(CancellationToken stoppingToken)
    {
        for (var failures = 0; !stoppingToken.IsCancellationRequested;)
        {
            try
            {
                await foreach (var _ in _runtime.FollowAsync(stoppingToken))
                {
                    Publish(await _runtime.ListAsync(stoppingToken));
                    failures = 0;
                }
            }
            catch (Exception exception) when (IsAway(exception) && !stoppingToken.IsCancellationRequested)
            {
                if (failures++ == 0)
                {
                    Log.Lost(_logger, exception.Message);
                }
            }

            var retry = TimeSpan.FromMilliseconds(100 * Math.Pow(2, Math.Min(failures, 10)));
            await Task.Delay(retry < RetryMax ? retry : RetryMax, _time, stoppingToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _questions.Dispose();

    private void Publish(IReadOnlyList<RunningContainer> containers)
    {
        var owners =
            from container in containers
            from address in container.Addresses.Distinct()
            group container.Id by address;
        var before = Interlocked.Exchange(
            ref _listing, new(owners.ToImmutableDictionary(owner => owner.Key, owner => owner.ToImmutableArray())));
        before.Superseded.TrySetResult();
    }

    private static bool IsAway(Exception exception) => exception is RuntimeException;

    private sealed record Listing(ImmutableDictionary<ClientAddress, ImmutableArray<string>> Owners)
    {
        public TaskCompletionSource Superseded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(3053, LogLevel.Warning, "A container runtime is away, callers are told by their addresses alone: {Problem}")]
        public static partial void Lost(ILogger logger, string problem);
    }
}
