using System.Diagnostics;
using System.Threading.Channels;
using Sync.Etcd.Client.Mirroring;

namespace Sync.Etcd.Client.Tests.Mirroring;

/// <summary>Reads a mirror in the background and keeps all that it tells.</summary>
internal sealed class MirrorRecording : IAsyncDisposable
{
    private readonly Channel<MirrorUpdate> _updates = Channel.CreateUnbounded<MirrorUpdate>();
    private readonly List<MirrorUpdate> _taken = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;

    public MirrorRecording(KeyMirror mirror) => _reading = ReadAsync(mirror);

    /// <summary>All updates that were waited for or passed over so far.</summary>
    public IReadOnlyList<MirrorUpdate> Taken => _taken;

    /// <summary>The next update of a kind; those before it are passed over.</summary>
    public async Task<T> NextAsync<T>(CancellationToken cancellation)
        where T : MirrorUpdate =>
        (T)await UntilAsync(update => update is T, cancellation);

    /// <summary>The next update that fits; those before it are passed over.</summary>
    public async Task<MirrorUpdate> UntilAsync(Func<MirrorUpdate, bool> fits, CancellationToken cancellation)
    {
        while (true)
        {
            var update = await _updates.Reader.ReadAsync(cancellation);
            _taken.Add(update);
            if (fits(update))
            {
                return update;
            }
        }
    }

    /// <summary>Waits until the mirror shows a revision or a later one.</summary>
    public async Task<MirroredKeys> ReachAsync(long revision, CancellationToken cancellation) =>
        KeysOf(await UntilAsync(update => KeysOf(update)?.Revision >= revision, cancellation))!;

    /// <summary>The keys that an update shows; null when it speaks of the connection.</summary>
    public static MirroredKeys? KeysOf(MirrorUpdate update) => update switch
    {
        MirrorUpdate.Snapshot snapshot => snapshot.Keys,
        MirrorUpdate.Change change => change.Keys,
        MirrorUpdate.Relisted relisted => relisted.Keys,
        MirrorUpdate.Progress progress => progress.Keys,
        MirrorUpdate.Connected or MirrorUpdate.Lost => null,
        _ => throw new UnreachableException(),
    };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
    }

    private async Task ReadAsync(KeyMirror mirror)
    {
        try
        {
            await foreach (var update in mirror.FollowAsync(_stop.Token))
            {
                await _updates.Writer.WriteAsync(update, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            _updates.Writer.TryComplete();
        }
#pragma warning disable CA1031 // The test that waits for an update receives what broke the mirror.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _updates.Writer.TryComplete(error);
        }
    }
}
