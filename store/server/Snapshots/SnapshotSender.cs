using System.Buffers;
using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Sync.Disk;
using Sync.Disk.Snapshots;
using Sync.Peers.Api;
using Sync.Raft.Messages;
using Sync.Raft.Snapshots;
using Sync.Store.Hosting;
using Sync.Store.Options;
using Sync.Store.Peers;
using Sync.Store.Replication;

namespace Sync.Store.Snapshots;

/// <summary>Streams snapshots to members that are too far behind for the log, no faster than the operator allows.</summary>
/// <remarks>One member is sent one snapshot at a time, which the consensus sees to.</remarks>
internal sealed partial class SnapshotSender(
    PeerLinks links,
    PeerChannels channels,
    PeerIdentity identity,
    PublishedState published,
    Inbox<MemberRequest> inbox,
    FailStop failStop,
    StoreSettings settings,
    TimeProvider time,
    ILogger<SnapshotSender> logger)
    : BackgroundService
{
    private const int PieceBytes = 64 * 1024;

    // The state that is sent keeps the log, and files that were rewritten: who takes nothing more is not waited for.
    private static readonly TimeSpan PieceTimeMax = TimeSpan.FromSeconds(30);

    // In that time the follower syncs what came last, and takes the state over.
    private static readonly TimeSpan ReceiptTimeMax = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly List<Task> _sending = [];

    /// <summary>Begins to send; <see cref="MemberRequest.SnapshotEnded"/> tells the end of it.</summary>
    /// <param name="need">Who needs a snapshot.</param>
    /// <param name="capture">The state; it is disposed when it was sent.</param>
    public void Send(SnapshotNeed need, SnapshotCapture capture)
    {
        lock (_lock)
        {
            _sending.RemoveAll(sent => sent.IsCompleted);
            _sending.Add(SendAsync(need, capture));
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _stopping.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(Timeout.Infinite, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stopping.CancelAsync();
        Task[] sending;
        lock (_lock)
        {
            sending = [.. _sending];
        }

        await Task.WhenAll(sending);
    }

    private async Task SendAsync(SnapshotNeed need, SnapshotCapture capture)
    {
        // Off the member's thread at once.
        await Task.Yield();
        SnapshotOutcome outcome = new SnapshotOutcome.Failed();
        try
        {
            var state = capture.Manifest.State;
            Log.Sending(logger, need.Follower.Value, state.Applied.Value, capture.LengthBytes);
            await StreamAsync(need, capture);
            outcome = new SnapshotOutcome.Delivered(state.Applied);
            Log.Sent(logger, need.Follower.Value, state.Applied.Value);
        }
        catch (Exception failure) when (failure is DamageException or DiskFailureException)
        {
            failStop.Stop(failure);
        }
        catch (Exception failure) when (failure is RpcException or OperationCanceledException or IOException
            or InvalidOperationException)
        {
            Log.NotSent(logger, need.Follower.Value, failure.Message);
        }
        finally
        {
            capture.Dispose();
            if (outcome is SnapshotOutcome.Failed)
            {
                // The consensus asks for another one at once.
                await Task.Delay(PauseAfterFailure, time, _stopping.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            inbox.Post(new MemberRequest.SnapshotEnded(need.Follower, outcome));
        }
    }

    private async Task StreamAsync(SnapshotNeed need, SnapshotCapture capture)
    {
        var follower = published.Status.Members.Find(need.Follower)
            ?? throw new IOException("It is no member any more.");
        using var channel = channels.Open(links.UrlOf(follower));
        var caller = new Metadata
        {
            { PeerService.CallerKey, identity.Self.Value.ToString("x", CultureInfo.InvariantCulture) },
        };
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        stalled.CancelAfter(PieceTimeMax);
        var client = new Peer.PeerClient(channel);
        await client.IntroduceAsync(identity.IntroduceTo(need.Follower), cancellationToken: stalled.Token);
        using var call = client.Catch(caller, cancellationToken: stalled.Token);
        await call.RequestStream.WriteAsync(new SnapshotPiece { Offer = OfferOf(need, capture) }, stalled.Token);
        using var reader = capture.Open();
        var began = time.GetTimestamp();
        var pace = settings.SnapshotBytesPerSecond is { } rate ? new SendingPace(rate) : null;
        var piece = new byte[PieceBytes];
        for (var count = reader.Read(piece); count > 0; count = reader.Read(piece))
        {
            stalled.CancelAfter(PieceTimeMax);
            await call.RequestStream.WriteAsync(
                new SnapshotPiece { Content = ByteString.CopyFrom(piece, 0, count) }, stalled.Token);
            stalled.CancelAfter(Timeout.InfiniteTimeSpan);
            if (pace?.After(count, time.GetElapsedTime(began)) is { } pause && pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, time, _stopping.Token);
            }
        }

        // The follower makes it durable and its own before it answers.
        stalled.CancelAfter(ReceiptTimeMax);
        await call.RequestStream.CompleteAsync();
        await call.ResponseAsync;
    }

    private ByteString OfferOf(SnapshotNeed need, SnapshotCapture capture)
    {
        var state = capture.Manifest.State;
        var output = new ArrayBufferWriter<byte>();
        MessageCodec.Encode(
            state.Group,
            state.Incarnation,
            new SnapshotOffer(
                identity.Self,
                need.Follower,
                need.Term,
                new SnapshotHeader(state.Applied, state.AppliedTerm, state.Configuration)),
            output);
        return UnsafeByteOperations.UnsafeWrap(output.WrittenMemory);
    }
}
