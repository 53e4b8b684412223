using System.IO.Enumeration;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Sync.Confd.Files;
using Sync.Confd.Options;

namespace Sync.Confd.Sources;

/// <summary>Keys from YAML and JSON files; a later file overrides the keys of an earlier one.</summary>
/// <param name="backend">Which files.</param>
/// <param name="clock">The clock of settling and of the fallback poll.</param>
/// <remarks>
/// Folders are watched rather than files, so that a file which is replaced, deleted and made again, or reached over
/// a link that is switched, is noticed. A poll of names, sizes and times catches what the system does not report.
/// </remarks>
internal sealed class FileSource(Backend.Files backend, TimeProvider clock) : IKeySource
{
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PollPeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public bool CanFollow => true;

    /// <inheritdoc/>
    public async Task<KeyState> ReadAsync(IReadOnlyList<string> roots, CancellationToken cancellationToken)
    {
        try
        {
            var keys = new Dictionary<string, StoredKey>(StringComparer.Ordinal);
            foreach (var file in Found())
            {
                RequireKnownFormat(file);
                var text = await File.ReadAllTextAsync(file, cancellationToken);
                foreach (var key in KeyFile.Flatten(file, text))
                {
                    keys[key.Name] = key;
                }
            }

            return new KeyState(0, keys.Values);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new KeySourceException("file", failure.Message, failure);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SourceUpdate> FollowAsync(
        IReadOnlyList<string> roots, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // One token is enough: whoever reads it looks at everything.
        var stirred = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var folders = new WatchedFolders(() => stirred.Writer.TryWrite(true));
        var failures = 0;
        string? seen = null;
        while (true)
        {
            // Watched before looked at, so that nothing falls between.
            folders.Watch([.. backend.Paths]);
            var look = Look();
            if (look != seen || failures > 0)
            {
                var update = await ReadOnceAsync(roots, failures, cancellationToken);
                failures = update is SourceUpdate.Lost lost ? lost.Failures : 0;
                seen = failures == 0 ? look : null;
                yield return update;
            }

            await StirAsync(stirred.Reader, failures > 0 ? RetryPeriod : PollPeriod, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<SourceUpdate> ReadOnceAsync(
        IReadOnlyList<string> roots, int failures, CancellationToken cancellationToken)
    {
        try
        {
            return new SourceUpdate.Keys(await ReadAsync(roots, cancellationToken), ChangedKeys: null, Remark: null);
        }
        catch (KeySourceException failure)
        {
            return new SourceUpdate.Lost(failure.Message, failures + 1, RetryPeriod);
        }
    }

    private async Task StirAsync(ChannelReader<bool> stirred, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var period = new CancellationTokenSource(limit, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(period.Token, cancellationToken);
        try
        {
            await stirred.ReadAsync(linked.Token);
            await Task.Delay(Settling, clock, cancellationToken);
            stirred.TryRead(out _);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The period is over: look whether something changed unreported.
        }
    }

    private List<string> Found() => [.. backend.Paths.SelectMany(FilesOf)];

    private IEnumerable<string> FilesOf(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(file => FileSystemName.MatchesSimpleExpression(
                backend.Filter, Path.GetFileName(file), ignoreCase: false))
            .Order(StringComparer.Ordinal)
        : [path];

    /// <summary>The names, sizes, times and link targets of the files as one text; differs when a file does.</summary>
    private string Look()
    {
        try
        {
            return string.Join('\n', Found().Select(file =>
            {
                var target = Links.Resolve(file);
                var facts = new FileInfo(target);
                return facts.Exists ? $"{file}>{target}:{facts.Length}:{facts.LastWriteTimeUtc.Ticks}" : $"{file}>";
            }));
        }
        catch (IOException failure)
        {
            return failure.Message;
        }
    }

    private static void RequireKnownFormat(string file)
    {
        if (Path.GetExtension(file) is not ("" or ".yml" or ".yaml" or ".json"))
        {
            throw new KeySourceException(
                file, "invalid file extension, YAML or JSON only; rename it or narrow -filter", cause: null);
        }
    }
}
