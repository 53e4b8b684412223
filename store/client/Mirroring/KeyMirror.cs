using System.Runtime.CompilerServices;
using Grpc.Core;
using Sync.Etcd.Client.Connections;
using Sync.Etcd.Client.Keys;

namespace Sync.Etcd.Client.Mirroring;

/// <summary>
/// Follows the keys of some ranges: first all of them as of one revision, then every change.
/// </summary>
/// <remarks>
/// <para>
/// What a reader may rely on: no change is missed; revisions only rise, but for a store that was replaced;
/// a revision comes whole and once; the keys in an update are those of the store at its revision.
/// </para>
/// <para>
/// Nothing runs in the background: reading the sequence drives the connection, and a slow reader slows the
/// stream through its flow control, so there is no queue that could grow.
/// </para>
/// <code>
/// Snapshot(r10) Connected Change(r12) Change(r13) Lost Lost Connected Change(r17) ...
///                                           one range: r14 to r16 did not touch it
/// Snapshot(r10) Connected Change(r12) Lost Relisted(r40, Compacted) Connected Change(r41) ...
/// </code>
/// </remarks>
public sealed class KeyMirror
{
    private readonly StoreAccess _access;
    private readonly IReadOnlyList<KeyRange> _ranges;
    private readonly MirrorOptions _options;

    internal KeyMirror(StoreAccess access, IReadOnlyList<KeyRange> ranges, MirrorOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfZero(ranges.Count, nameof(ranges));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PageKeysMax, 1, nameof(options));
        _access = access;
        _ranges = ranges;
        _options = options;
    }

    /// <summary>
    /// Tells the keys and their changes for as long as it is read. Never ends by itself: what fails is told as
    /// <see cref="MirrorUpdate.Lost"/> and tried again. May be read several times, each from the beginning.
    /// </summary>
    /// <param name="cancellation">Ends the sequence with <see cref="OperationCanceledException"/>.</param>
    public async IAsyncEnumerable<MirrorUpdate> FollowAsync(
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var reader = new MirrorReader(_access, _ranges, _options);
        var followedAt = _access.Time.GetUtcNow();
        var failures = 0;
        while (true)
        {
            var connection = _access.Ring.Current;
            RpcException? error = null;
            var updates = reader.FollowAsync(connection, cancellation).GetAsyncEnumerator(cancellation);
            await using (updates.ConfigureAwait(false))
            {
                while ((error = await MoveAsync(updates, cancellation).ConfigureAwait(false)) is null)
                {
                    failures = updates.Current is MirrorUpdate.Connected ? 0 : failures;
                    followedAt = _access.Time.GetUtcNow();
                    yield return updates.Current;
                }
            }

            if (EtcdErrors.IsTokenRefused(error))
            {
                _access.SignIn.Forget();
            }

            failures++;
            _access.Ring.MoveOnFrom(connection);
            var wait = _access.WaitAfter(failures);
            yield return new MirrorUpdate.Lost(followedAt, failures, wait, error);
            await Task.Delay(wait, _access.Time, cancellation).ConfigureAwait(false);
        }
    }

    // Null when there is a next update; what broke the connection otherwise.
    private static async Task<RpcException?> MoveAsync(
        IAsyncEnumerator<MirrorUpdate> updates, CancellationToken cancellation)
    {
        try
        {
            await updates.MoveNextAsync().ConfigureAwait(false);
            return null;
        }
        catch (RpcException error)
        {
            cancellation.ThrowIfCancellationRequested();
            return error;
        }
    }
}
