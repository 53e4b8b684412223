namespace Sync.Metad.Containers;

/// <summary>A program that starts containers and knows their addresses.</summary>
/// <remarks>Everything here fails with <see cref="RuntimeException"/> when the runtime is away or says what cannot be read.</remarks>
internal interface IContainerRuntime
{
    /// <summary>What the log calls it: its kind and its socket.</summary>
    string Name { get; }

    /// <summary>Lists what runs.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<RunningContainer>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Looks at one.</summary>
    /// <param name="id">From <see cref="RunningContainer.Id"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when it does not run any more.</returns>
    Task<RunningContainer?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Tells when a new list is worth asking for: at once, when it is listened to, and after each change.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    IAsyncEnumerable<bool> FollowAsync(CancellationToken cancellationToken);
}
