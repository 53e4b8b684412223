using System.Collections.Immutable;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Mapping;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Containers;

/// <summary>Follows one runtime, so that the owner of an address is found without asking for all.</summary>
internal sealed partial class RuntimeMirror : IDisposable
{
    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(5);

    private readonly IContainerRuntime _runtime;
    private readonly MetadataPath? _labelsWithin;
    private readonly ContainerQuestions _questions;
    private readonly TimeProvider _time;
    private readonly ILogger<RuntimeMirror> _logger;
    private Listing _listing = new(ImmutableDictionary<ClientAddress, ImmutableArray<string>>.Empty, []);

    /// <summary>Creates a mirror that knows nothing yet.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="labelsWithin">The data path that targets of labels must lie at or below; null passes labels over.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told when the runtime is away, and of labels that cannot be read.</param>
    public RuntimeMirror(
        IContainerRuntime runtime, MetadataPath? labelsWithin, TimeProvider time, ILogger<RuntimeMirror> logger)
    {
        _runtime = runtime;
        _labelsWithin = labelsWithin;
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
    /// <returns>
    /// The caller with its names and label; with its address alone when it has not, or the runtime does not answer in time.
    /// </returns>
    public async Task<ClientIdentity> ConfirmAsync(string id, ClientAddress address, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) is { } found && found.Addresses.Contains(address)
            ? new(new ClientIdentity(address, found.Names), LabelOf(found).Label)
            : new(address);

    /// <summary>Asks the runtime what the label of a container says.</summary>
    /// <param name="client">The caller, which is in the container.</param>
    /// <param name="id">The container.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The caller with the label; null when the container does not run here, or the runtime does not answer in time.</returns>
    public async Task<ClientIdentity?> LabelAsync(ClientIdentity client, string id, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) is { } found ? new(client, LabelOf(found).Label) : null;

    // Null when it does not run, or nobody can say.
    private async Task<RunningContainer?> FindAsync(string id, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ConfirmTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await _questions.AskAsync(id, either.Token);
        }
        catch (Exception exception) when (IsAway(exception)
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
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
        var unreadable = containers
            .Select(container => (container.Id, LabelOf(container).Problem))
            .Where(container => container.Problem is not null)
            .ToDictionary(container => container.Id, container => container.Problem ?? "");
        var before = Interlocked.Exchange(ref _listing, new(
            owners.ToImmutableDictionary(owner => owner.Key, owner => owner.ToImmutableArray()), [.. unreadable.Keys]));
        before.Superseded.TrySetResult();
        foreach (var (id, problem) in unreadable.Where(container => !before.Unreadable.Contains(container.Key)))
        {
            Log.Unreadable(_logger, id, problem);
        }
    }

    private (LabelMapping? Label, string? Problem) LabelOf(RunningContainer container)
    {
        if (_labelsWithin is null || string.IsNullOrEmpty(container.Label))
        {
            return (null, null);
        }

        var reading = LabelMapping.Read(container.Label, _labelsWithin);
        return (reading.Value, reading.Problem);
    }

    private static bool IsAway(Exception exception) => exception is RuntimeException;

    // Unreadable: the containers whose label cannot be read, each of which was told once.
    private sealed record Listing(
        ImmutableDictionary<ClientAddress, ImmutableArray<string>> Owners, ImmutableHashSet<string> Unreadable)
    {
        public TaskCompletionSource Superseded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(3053, LogLevel.Warning, "A container runtime is away, callers are told by their addresses alone: {Problem}")]
        public static partial void Lost(ILogger logger, string problem);

        [LoggerMessage(3054, LogLevel.Warning, "The label of container {Id} is passed over: {Problem}")]
        public static partial void Unreadable(ILogger logger, string id, string problem);
    }
}
