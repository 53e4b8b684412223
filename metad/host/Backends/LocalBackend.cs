using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Sync.Metad.Model.Backends;

namespace Sync.Metad.Backends;

/// <summary>Keys in this process's memory, with revisions like a store's. Lost when the process ends.</summary>
internal sealed class LocalBackend : IBackend, IDisposable
{
    // The loop that follows takes updates as fast as they come; a full channel makes writers wait for it.
    private const int UpdatesMax = 64;

    private readonly MemoryKeys _keys = new();
    private readonly Channel<BackendUpdate> _updates = Channel.CreateBounded<BackendUpdate>(UpdatesMax);

    // Held from the change to its telling, so that revisions are told in order.
    private readonly SemaphoreSlim _turn = new(1);

    private long _revision = 1;

    /// <inheritdoc/>
    public async IAsyncEnumerable<BackendUpdate> FollowAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new BackendUpdate.Changed(Revision: 1, []);
        yield return new BackendUpdate.Connected("memory");
        await foreach (var update in _updates.Reader.ReadAllAsync(cancellationToken))
        {
            yield return update;
        }
    }

    /// <inheritdoc/>
    public async Task<long?> WriteAsync(
        IReadOnlyList<BackendOperation> operations, WriteGuard? guard, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!_keys.Holds(guard))
            {
                return null;
            }

            var changes = _keys.Carry(operations, _revision + 1);
            if (changes.Count == 0)
            {
                return 0;
            }

            _revision++;
            await _updates.Writer.WriteAsync(new BackendUpdate.Changed(_revision, changes), CancellationToken.None);
            return _revision;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();
}
