using System.CommandLine;
using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Etcd.Client;
using Sync.Etcd.Client.Connections;
using Sync.Etcd.Client.Keys;
using Sync.Etcd.Client.Mirroring;
using Sync.Store.Ctl.Options;

namespace Sync.Store.Ctl.Commands;

/// <summary><c>make-mirror</c>: copies keys and then each change of them to another store, until it is ended.</summary>
/// <remarks>
/// A revision of the source is one transaction at the destination where it fits. After a compaction, and while the
/// destination is away, the mirror goes on. Source: etcdctl, command <c>make-mirror</c>.
/// </remarks>
internal sealed class MirrorCommand
{
    // What a store takes in one transaction unless it is told otherwise.
    private const int OperationsMax = 128;
    private const int BytesMax = 1024 * 1024;

    private static readonly TimeSpan CountInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly Option<string> _prefix = CommandRunner.Text("--prefix", "", "Which keys; all without it.");
    private readonly Option<string> _destinationPrefix =
        CommandRunner.Text("--dest-prefix", "", "What the copies' keys begin with instead.");

    private readonly Option<bool> _noDestinationPrefix =
        CommandRunner.Switch("--no-dest-prefix", "Takes the prefix off the copies' keys.");

    private readonly Option<string> _authorityFile =
        CommandRunner.Text("--dest-cacert", "", "As --cacert, for the destination.");

    private readonly Option<string> _certificateFile =
        CommandRunner.Text("--dest-cert", "", "As --cert, for the destination.");

    private readonly Option<string> _keyFile = CommandRunner.Text("--dest-key", "", "As --key, for the destination.");
    private readonly Option<bool> _insecureTransport =
        CommandRunner.Switch("--dest-insecure-transport", "Clear text unless certificates are given; true without it.");

    public static Command Create(CommandRunner runner)
    {
        var mirror = new MirrorCommand();
        mirror._insecureTransport.DefaultValueFactory = _ => true;
        return runner.Command(
            "make-mirror destination", "Copies keys and all their changes to another store, until it is ended.",
            [
                mirror._prefix, mirror._destinationPrefix, mirror._noDestinationPrefix, mirror._authorityFile,
                mirror._certificateFile, mirror._keyFile, mirror._insecureTransport,
            ],
            mirror.RunAsync);
    }

    private async Task RunAsync(ControlSession session, ParseResult parsed, string[] words)
    {
        var address = words is [var only]
            ? only
            : throw ControlFailure.Arguments("make-mirror takes one destination argument");
        var prefix = parsed.GetRequiredValue(_prefix);
        var destinationPrefix = parsed.GetRequiredValue(_destinationPrefix);
        var hasNone = parsed.GetValue(_noDestinationPrefix);
        if (hasNone && destinationPrefix.Length > 0)
        {
            throw ControlFailure.Arguments(
                "`--dest-prefix` and `--no-dest-prefix` cannot be set at the same time, choose one");
        }

        using var destination = session.ClientOf(Destination(session.Settings.Client, parsed, address));
        var copy = new Copying(
            session, destination, ByteString.CopyFromUtf8(prefix),
            ByteString.CopyFromUtf8(hasNone || destinationPrefix.Length > 0 ? destinationPrefix : prefix));
        await copy.RunAsync();
    }

    private EtcdClientOptions Destination(EtcdClientOptions source, ParseResult parsed, string address)
    {
        var tls = GlobalOptions.Tls(
            parsed.GetRequiredValue(_authorityFile), parsed.GetRequiredValue(_certificateFile),
            parsed.GetRequiredValue(_keyFile), acceptsAny: false);
        return source with
        {
            Endpoints = [address],
            DefaultScheme = tls is null && parsed.GetValue(_insecureTransport) ? EndpointScheme.Http : EndpointScheme.Https,
            Credentials = null,
            Tls = tls,
        };
    }

    private sealed class Copying(ControlSession session, EtcdClient destination, ByteString prefix, ByteString target)
    {
        private long _copied;

        public async Task RunAsync()
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(session.Cancellation);
            var counting = TellCountAsync(stop.Token);
            try
            {
                await FollowAsync();
            }
            finally
            {
                await stop.CancelAsync();
                await counting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        private async Task TellCountAsync(CancellationToken cancellation)
        {
            using var timer = new PeriodicTimer(CountInterval);
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                await session.PrintLineAsync(Interlocked.Read(ref _copied).ToString(CultureInfo.InvariantCulture));
            }
        }

        private async Task FollowAsync()
        {
            await foreach (var update in session.Client.Mirror([KeyRange.Prefix(prefix)]).FollowAsync(session.Cancellation))
            {
                switch (update)
                {
                    case MirrorUpdate.Snapshot snapshot:
                        await CopyAsync(snapshot.Keys.Pairs.Values.Select(Put));
                        break;
                    case MirrorUpdate.Change change:
                        await CopyAsync(change.Changes.Select(Operation));
                        break;
                    case MirrorUpdate.Relisted relisted:
                        await CopyAsync(relisted.Changes.Select(Operation));
                        break;
                    case MirrorUpdate.Lost lost:
                        await session.WarnAsync($"source lost, trying again: {ControlSession.Describe(lost.Error)}");
                        break;
                }
            }
        }

        private async Task CopyAsync(IEnumerable<RequestOp> operations)
        {
            var next = new TxnRequest();
            var bytes = 0;
            foreach (var operation in operations)
            {
                var size = operation.CalculateSize();
                if (next.Success.Count == OperationsMax || (next.Success.Count > 0 && bytes + size > BytesMax))
                {
                    await SendAsync(next);
                    next = new TxnRequest();
                    bytes = 0;
                }

                next.Success.Add(operation);
                bytes += size;
            }

            if (next.Success.Count > 0)
            {
                await SendAsync(next);
            }
        }

        // A copy that is made twice in a row is made once, so one of unknown outcome may be tried again.
        private async Task SendAsync(TxnRequest transaction)
        {
            while (true)
            {
                try
                {
                    await destination.TransactAsync(transaction, session.Cancellation);
                    Interlocked.Add(ref _copied, transaction.Success.Count);
                    return;
                }
                catch (RpcException error) when (
                    error.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded
                    && !session.Cancellation.IsCancellationRequested)
                {
                    await session.WarnAsync($"destination lost, trying again: {ControlSession.Describe(error)}");
                    await Task.Delay(RetryPause, session.Cancellation);
                }
            }
        }

        private RequestOp Operation(KeyChange change) => change switch
        {
            KeyChange.Put put => Put(put.Pair),
            KeyChange.Removal => new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = Target(change.Key) } },
            _ => throw new InvalidDataException("A change is neither a put nor a removal."),
        };

        private RequestOp Put(StoredPair pair) =>
            new() { RequestPut = new PutRequest { Key = Target(pair.Key), Value = pair.Value } };

        private ByteString Target(ByteString key) =>
            ByteString.CopyFrom([.. target.Span, .. key.Span[prefix.Length..]]);
    }
}
