using Google.Protobuf;
using Grpc.Core;
using Sync.Disk.Snapshots;
using Sync.Etcd.Api;

namespace Sync.Store.Rpc;

/// <summary>Sends a snapshot as etcd's clients expect it: blobs of 32 KiB, and last the digest alone.</summary>
/// <remarks>Source: etcd, server/etcdserver/api/v3rpc/maintenance.go, Snapshot.</remarks>
internal static class SnapshotBlobs
{
    private const int BlobBytes = 32 * 1024;
    private const int DigestBytes = 32;

    // The state that is sent keeps the files of rewritten segments: a client that takes nothing more is not waited for, nor
    // one that takes so little that it would keep them for days.
    private static readonly TimeSpan BlobTimeMax = TimeSpan.FromSeconds(60);
    private const long BytesPerSecondMin = 256 * 1024;

    /// <summary>Sends a snapshot as fast as the client takes it, with one blob in memory.</summary>
    /// <param name="front">Ends the process when a read meets damage.</param>
    /// <param name="capture">What to send.</param>
    /// <param name="storageVersion">What the client is told of the storage's version.</param>
    /// <param name="blobs">Where to send it.</param>
    /// <param name="time">Says how fast the client is.</param>
    /// <param name="cancellation">Ends the sending.</param>
    /// <exception cref="RpcException">The client is too slow.</exception>
    public static async Task SendAsync(
        StoreFront front,
        SnapshotCapture capture,
        string storageVersion,
        IServerStreamWriter<SnapshotResponse> blobs,
        TimeProvider time,
        CancellationToken cancellation)
    {
        var (began, sentBytes) = (time.GetTimestamp(), 0L);
        using var snapshot = capture.Open();
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        while (snapshot.RemainingBytes > 0)
        {
            var content = snapshot.RemainingBytes - DigestBytes;
            var blob = new byte[content > 0 ? Math.Min(BlobBytes, content) : DigestBytes];
            front.Read<int>(() => snapshot.Read(blob));
            var response = new SnapshotResponse
            {
                RemainingBytes = (ulong)Math.Max(0, snapshot.RemainingBytes - DigestBytes),
                Blob = UnsafeByteOperations.UnsafeWrap(blob),
                Version = storageVersion,
            };
            stalled.CancelAfter(BlobTimeMax);
            await blobs.WriteAsync(response, stalled.Token);
            sentBytes += blob.Length;
            if (IsTooSlow(sentBytes, time.GetElapsedTime(began)))
            {
                throw RpcErrors.SnapshotTooSlow;
            }
        }
    }

    /// <summary>Whether a client takes a snapshot more slowly than it may be kept for it, after a minute's grace.</summary>
    /// <param name="sentBytes">What it has taken.</param>
    /// <param name="elapsed">Since the beginning.</param>
    internal static bool IsTooSlow(long sentBytes, TimeSpan elapsed) =>
        sentBytes < BytesPerSecondMin * (elapsed - BlobTimeMax).TotalSeconds;
}
