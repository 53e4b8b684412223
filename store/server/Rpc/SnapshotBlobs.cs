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

    // The state that is sent keeps the log from being cut: a client that takes nothing more is not waited for.
    private static readonly TimeSpan BlobTimeMax = TimeSpan.FromSeconds(60);

    /// <summary>Sends a snapshot as fast as the client takes it, with one blob in memory.</summary>
    /// <param name="front">Ends the process when a read meets damage.</param>
    /// <param name="capture">What to send.</param>
    /// <param name="storageVersion">What the client is told of the storage's version.</param>
    /// <param name="blobs">Where to send it.</param>
    /// <param name="cancellation">Ends the sending.</param>
    public static async Task SendAsync(
        StoreFront front,
        SnapshotCapture capture,
        string storageVersion,
        IServerStreamWriter<SnapshotResponse> blobs,
        CancellationToken cancellation)
    {
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
        }
    }
}
