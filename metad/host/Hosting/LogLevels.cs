using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Sync.Metad.Hosting;

/// <summary>The least level that is logged, which may change while the program runs.</summary>
internal sealed class LogLevels : IConfigureOptions<LoggerFilterOptions>, IOptionsChangeTokenSource<LoggerFilterOptions>, IDisposable
{
    private LogLevel _least;
    private CancellationTokenSource _changed = new();

    /// <summary>Begins with a level.</summary>
    /// <param name="least">The level.</param>
    public LogLevels(LogLevel least) => _least = least;

    /// <inheritdoc/>
    public string Name => Microsoft.Extensions.Options.Options.DefaultName;

    /// <summary>Changes the level. Called by one loop.</summary>
    /// <param name="least">The level.</param>
    public void Change(LogLevel least)
    {
        _least = least;
        using var before = Interlocked.Exchange(ref _changed, new());
        before.Cancel();
    }

    /// <inheritdoc/>
    public void Configure(LoggerFilterOptions options) => options.MinLevel = _least;

    /// <inheritdoc/>
    public IChangeToken GetChangeToken() => new CancellationChangeToken(Volatile.Read(ref _changed).Token);

    /// <inheritdoc/>
    public void Dispose() => _changed.Dispose();
}
