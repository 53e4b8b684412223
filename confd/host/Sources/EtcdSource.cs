using System.Runtime.CompilerServices;
using Grpc.Core;
using Sync.Confd.Options;
using Sync.Etcd.Client;
using Sync.Etcd.Client.Connections;
using Sync.Etcd.Client.Keys;
using Sync.Etcd.Client.Mirroring;

namespace Sync.Confd.Sources;

/// <summary>Keys of a store that speaks etcd's v3 API; all roots are read and followed as one.</summary>
internal sealed class EtcdSource : IKeySource
{
    // A store that is back is noticed within this time.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    private readonly EtcdClient _client;
    private readonly string _name;

    /// <summary>Makes the client; nothing is connected yet.</summary>
    /// <exception cref="KeySourceException">A node's address or a certificate cannot be read.</exception>
    public EtcdSource(Backend.Etcd backend, TimeProvider clock)
    {
        _name = $"etcd at {string.Join(", ", backend.Nodes)}";
        try
        {
            _client = new EtcdClient(OptionsOf(backend), clock);
        }
        catch (Exception fault) when (fault is FormatException or IOException
            or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new KeySourceException(_name, fault.Message, fault);
        }
    }

    /// <inheritdoc/>
    public bool CanFollow => true;

    /// <inheritdoc/>
    public async Task<KeyState> ReadAsync(IReadOnlyList<string> roots, CancellationToken cancellationToken)
    {
        if (roots.Count == 0)
        {
            return new KeyState(0, []);
        }

        try
        {
            var listing = await _client.ListAsync(roots.Select(RangeOf), cancellation: cancellationToken);
            return new KeyState(listing.Revision, listing.Pairs.Select(KeyOf));
        }
        catch (RpcException failure)
        {
            throw new KeySourceException(_name, ReasonOf(failure), failure);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SourceUpdate> FollowAsync(
        IReadOnlyList<string> roots, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (roots.Count == 0)
        {
            yield return new SourceUpdate.Keys(new KeyState(0, []), ChangedKeys: null, Remark: null);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        await foreach (var update in _client.Mirror(roots.Select(RangeOf)).FollowAsync(cancellationToken))
        {
            if (Translate(update) is { } translated)
            {
                yield return translated;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private SourceUpdate? Translate(MirrorUpdate update) => update switch
    {
        MirrorUpdate.Snapshot snapshot => new SourceUpdate.Keys(StateOf(snapshot.Keys), ChangedKeys: null, Remark: null),
        MirrorUpdate.Change change =>
            new SourceUpdate.Keys(StateOf(change.Keys), NamesOf(change.Changes), Remark: null),
        MirrorUpdate.Relisted relisted =>
            new SourceUpdate.Keys(StateOf(relisted.Keys), NamesOf(relisted.Changes), RemarkOf(relisted)),
        MirrorUpdate.Connected connected => new SourceUpdate.Connected(connected.Endpoint.ToString()),
        MirrorUpdate.Lost lost =>
            new SourceUpdate.Lost($"{_name}: {ReasonOf(lost.Error)}", lost.Failures, lost.RetryIn),
        _ => null,
    };

    private static string RemarkOf(MirrorUpdate.Relisted relisted) => relisted.Reason switch
    {
        RelistReason.Compacted => "the store's history was compacted meanwhile",
        RelistReason.StoreReplaced => "the store is not the one seen before",
        RelistReason.Folded => "keys changed while the watch was down",
        RelistReason.OutOfOrder => "the store sent revisions out of order",
    };

    // A put of the value that was there changes nothing for a template.
    private static List<string> NamesOf(IEnumerable<KeyChange> changes) =>
        [.. changes
            .Where(change => change is not KeyChange.Put put || put.Previous?.Value.Equals(put.Pair.Value) != true)
            .Select(change => change.Key.ToStringUtf8())];

    private static KeyState StateOf(MirroredKeys keys) => new(keys.Revision, keys.Pairs.Values.Select(KeyOf));

    private static StoredKey KeyOf(StoredPair pair) => new(pair.KeyText, pair.Value.Memory);

    /// <summary>The root itself and all below it: <c>[root, root + '0')</c>, since 0 follows the slash.</summary>
    /// <remarks>A few neighbours such as <c>root-x</c> lie between; the selection leaves them out.</remarks>
    private static KeyRange RangeOf(string root) => root == "/"
        ? KeyRange.Prefix("/")
        : KeyRange.Between(
            Google.Protobuf.ByteString.CopyFromUtf8(root), Google.Protobuf.ByteString.CopyFromUtf8(root + "0"));

    private static string ReasonOf(RpcException failure) =>
        failure.StatusCode == StatusCode.Unavailable && failure.InnerException is { } cause
            ? cause.Message
            : failure.Status.Detail;

    private static EtcdClientOptions OptionsOf(Backend.Etcd backend) => new()
    {
        Endpoints = backend.Nodes,
        DefaultScheme = backend.UsesHttps ? EndpointScheme.Https : EndpointScheme.Http,
        Credentials = backend.UserName.Length > 0 ? new EtcdCredentials(backend.UserName, backend.Password) : null,
        Tls = new TlsFiles
        {
            AuthorityFile = NullWhenEmpty(backend.AuthorityFile),
            CertificateFile = NullWhenEmpty(backend.CertificateFile),
            KeyFile = NullWhenEmpty(backend.KeyFile),
            AcceptAnyServerCertificate = backend.AcceptsAnyCertificate,
        },
        ConnectTimeout = backend.DialTimeout,
        Backoff = new BackoffSettings { Longest = LongestPause },
    };

    private static string? NullWhenEmpty(string path) => path.Length == 0 ? null : path;
}
