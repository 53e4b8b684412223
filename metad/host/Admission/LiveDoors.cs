using Sync.Metad.Options;

namespace Sync.Metad.Admission;

/// <summary>The doors of both APIs as the settings of now make them: replaced as one, while requests come.</summary>
/// <remarks>
/// A request goes through the doors that it met. Those who wait behind doors that were replaced are answered, and streams
/// end, as at the end of the program: nobody goes on for long under settings that no longer count.
/// </remarks>
internal sealed class LiveDoors : IDisposable
{
    private readonly Func<MetadOptions, CancellationToken, Doors> _build;
    private readonly CancellationToken _stopping;
    private CancellationTokenSource _replaced;
    private Doors _current;

    /// <summary>Builds the first doors.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="build">Builds doors; the token ends what waits behind them.</param>
    /// <param name="stopping">Ends when the program is asked to stop.</param>
    public LiveDoors(MetadOptions options, Func<MetadOptions, CancellationToken, Doors> build, CancellationToken stopping)
    {
        _build = build;
        _stopping = stopping;
        _replaced = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _current = build(options, _replaced.Token);
    }

    /// <summary>The doors of now.</summary>
    public Doors Current => Volatile.Read(ref _current);

    /// <summary>Replaces the doors. Called by one loop.</summary>
    /// <param name="options">The settings of now.</param>
    public void Replace(MetadOptions options)
    {
        var (before, next) = (_replaced, CancellationTokenSource.CreateLinkedTokenSource(_stopping));
        Volatile.Write(ref _current, _build(options, next.Token));
        _replaced = next;
        before.Cancel();
        before.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _replaced.Dispose();
}

/// <summary>The doors of both APIs.</summary>
/// <param name="Metadata">That of the metadata API.</param>
/// <param name="Manage">That of the manage API.</param>
internal sealed record Doors(MetadataDoor Metadata, ManageDoor Manage);
