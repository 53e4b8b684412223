using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Sync.Metad.Model.Backends;
using Sync.Metad.Options;
using Sync.Posix;

namespace Sync.Metad.Backends;

/// <summary>Keys in one file, followed as it changes. The manage API rewrites a JSON file; a YAML file is kept by hand.</summary>
/// <remarks>
/// The revision is the file's time in milliseconds, so replicas that read copies with the same time agree, and it rises over
/// restarts. A file that cannot be read leaves the last good content, and is told as a backend that is away. Who writes a
/// file may empty it first and fill it bit by bit, so it counts once it has rested from one look to the next and while it was
/// read; one that does not rest is told as away too.
/// </remarks>
internal sealed class FileBackend : IBackend, IDisposable
{
    private const int UpdatesMax = 64;

    // How many looks in a row may find the file changed again before that is told.
    private const int RestlessMax = 10;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

    // Of no file that exists, and not the stamp before the first look.
    private static readonly Stamp NoFile = new(default, -1, 0);

    private readonly string _path;
    private readonly KeyLayout _layout;
    private readonly TimeProvider _time;
    private readonly Channel<BackendUpdate> _updates = Channel.CreateBounded<BackendUpdate>(UpdatesMax);

    // Held from a look or a change to its telling, so that revisions are told in order.
    private readonly SemaphoreSlim _turn = new(1);

    private MemoryKeys _keys = new();
    private long _revision;
    private int _failures;
    private DateTimeOffset _seen;
    private Stamp _stamp;
    private Stamp? _sighted;
    private int _restless;

    /// <summary>Creates the backend; the file is read by the first look.</summary>
    public FileBackend(MetadOptions options, KeyLayout layout, TimeProvider time)
    {
        _path = Path.GetFullPath(options.BackendFile ?? throw new FormatException("the backend file needs --file."));
        _layout = layout;
        _time = time;
        _seen = time.GetUtcNow();
    }

    private bool IsYaml => Path.GetExtension(_path) is ".yaml" or ".yml";

    /// <inheritdoc/>
    public async IAsyncEnumerable<BackendUpdate> FollowAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var looking = LookOnAsync(stop.Token);
        try
        {
            await foreach (var update in _updates.Reader.ReadAllAsync(cancellationToken))
            {
                yield return update;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await looking;
        }
    }

    /// <inheritdoc/>
    public async Task<long?> WriteAsync(
        IReadOnlyList<BackendOperation> operations, WriteGuard? guard, CancellationToken cancellationToken)
    {
        if (IsYaml)
        {
            throw new BackendException($"{_path} is YAML, which is kept by hand: edit it, or use a .json file", isAway: false);
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            await TakeEditAsync(cancellationToken);
            if (!_keys.Holds(guard))
            {
                return null;
            }

            var revision = Math.Max(_revision + 1, _time.GetUtcNow().ToUnixTimeMilliseconds());
            var changes = _keys.Carry(operations, revision);
            if (changes.Count == 0)
            {
                return 0;
            }

            Save(revision);
            _revision = revision;
            await _updates.Writer.WriteAsync(new BackendUpdate.Changed(revision, changes), CancellationToken.None);
            return revision;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What memory has is no longer what the file has: the next look reads it whole.
            _stamp = default;
            throw new BackendException($"{_path} cannot be written: {exception.Message}", isAway: false, exception);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Looks at the file once, and tells what is new about it.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var stamp = StampNow();
            var isKnown = stamp == _stamp && _failures == 0;
            _restless = isKnown || stamp == _sighted ? 0 : _restless + 1;
            _sighted = stamp;
            if (_restless > RestlessMax)
            {
                throw new IOException("it is written to without a rest");
            }

            if (isKnown || (_restless == 0 && await TryReadAsync(stamp, cancellationToken)))
            {
                _seen = _time.GetUtcNow();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            _failures++;
            await _updates.Writer.WriteAsync(
                new BackendUpdate.Lost(_seen, _failures, LookInterval, $"{_path}: {exception.Message}"), cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    // What was edited by hand since the last look counts before a write does: the write would put the file it knows over it.
    // It need not rest: what is not yet whole is no JSON, and refuses the write.
    private async Task TakeEditAsync(CancellationToken cancellationToken)
    {
        var stamp = StampNow();
        if (stamp == _stamp || stamp == NoFile)
        {
            return;
        }

        try
        {
            await TakeAsync(await File.ReadAllBytesAsync(_path, cancellationToken), stamp, cancellationToken);
        }
        catch (FormatException exception)
        {
            throw new BackendException(
                $"{_path} was edited and cannot be read, nothing was written: {exception.Message}", isAway: false, exception);
        }
    }

    private async Task LookOnAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await LookAsync(cancellationToken);

                // Counted from the look's end: the rest that a file is given is never shorter, however long the look took.
                await Task.Delay(LookInterval, _time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Looking ends when nobody follows any more.
        }
        finally
        {
            _updates.Writer.TryComplete();
        }
    }

    // False when the file changed while it was read: the next look finds that.
    private async Task<bool> TryReadAsync(Stamp stamp, CancellationToken cancellationToken)
    {
        var text = await File.ReadAllBytesAsync(_path, cancellationToken);
        if (StampNow() != stamp)
        {
            return false;
        }

        await TakeAsync(text, stamp, cancellationToken);
        return true;
    }

    private async Task TakeAsync(byte[] text, Stamp stamp, CancellationToken cancellationToken)
    {
        var puts = FileDocument.Read(text, IsYaml, _layout);
        var revision = Math.Max(_revision + 1, new DateTimeOffset(stamp.Written).ToUnixTimeMilliseconds());
        var keys = new MemoryKeys();
        keys.Carry(puts, revision);
        var changes = Difference(_keys, keys);
        if (changes.Count > 0 || _revision == 0)
        {
            await _updates.Writer.WriteAsync(new BackendUpdate.Changed(revision, changes), cancellationToken);
            (_keys, _revision) = (keys, revision);
        }

        if (_failures > 0 || _stamp == default)
        {
            await _updates.Writer.WriteAsync(new BackendUpdate.Connected(_path), cancellationToken);
        }

        (_stamp, _failures) = (stamp, 0);
    }

    private static List<BackendChange> Difference(MemoryKeys before, MemoryKeys after)
    {
        var old = before.All.ToDictionary(change => Convert.ToHexString(change.Key.Span), StringComparer.Ordinal);
        var changes = new List<BackendChange>();
        foreach (var change in after.All)
        {
            var isKnown = old.Remove(Convert.ToHexString(change.Key.Span), out var known);
            if (!isKnown || !known.Value.AsSpan().SequenceEqual(change.Value))
            {
                changes.Add(change);
            }
        }

        changes.AddRange(old.Values.Select(change => change with { Value = null }));
        return changes;
    }

    // The new file takes the old one's place whole, with the revision as its time.
    private void Save(long revision)
    {
        var mode = FileStatus.Of(_path)?.Mode ?? new AtomicFileOptions().Mode;
        using var staged = AtomicFile.Stage(_path, FileDocument.Write(_keys.All, _layout), new() { Mode = mode });
        File.SetLastWriteTimeUtc(staged.StagedPath, DateTimeOffset.FromUnixTimeMilliseconds(revision).UtcDateTime);
        staged.Commit();
        _stamp = StampNow();
    }

    // A link's own time stays while its target is exchanged, as in a volume of Kubernetes; and files that were written at
    // once have one time.
    private Stamp StampNow()
    {
        var link = new FileInfo(_path);
        var file = link.LinkTarget is not null && link.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target
            ? target
            : link;
        return file.Exists && FileStatus.Of(file.FullName) is { } status
            ? new Stamp(file.LastWriteTimeUtc, file.Length, status.Inode)
            : NoFile;
    }

    // By what a change is seen without reading the file.
    private readonly record struct Stamp(DateTime Written, long Length, ulong Inode);
}
