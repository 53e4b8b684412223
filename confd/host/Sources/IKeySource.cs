namespace Sync.Confd.Sources;

/// <summary>Where keys come from.</summary>
internal interface IKeySource : IAsyncDisposable
{
    /// <summary>Whether <see cref="FollowAsync"/> tells of changes; else the keys have to be read again and again.</summary>
    bool CanFollow { get; }

    /// <summary>Reads the keys below some roots, all as of one moment.</summary>
    /// <param name="roots">Clean absolute keys; each selects itself and what is below it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="KeySourceException">The source cannot be read now.</exception>
    Task<KeyState> ReadAsync(IReadOnlyList<string> roots, CancellationToken cancellationToken);

    /// <summary>The keys as they are, and then every change of them, without a gap; never ends by itself.</summary>
    /// <param name="roots">As for <see cref="ReadAsync"/>.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <remarks>A source that is away is reported as <see cref="SourceUpdate.Lost"/> and tried again by the stream.</remarks>
    IAsyncEnumerable<SourceUpdate> FollowAsync(IReadOnlyList<string> roots, CancellationToken cancellationToken);
}
