using Sync.Store.Rpc;

namespace Sync.Store.Tests.Rpc;

public sealed class SnapshotBlobsTests
{
    private const long Mebibyte = 1024 * 1024;

    [Theory]
    [InlineData(0, 60, false)]
    [InlineData(0, 61, true)]
    [InlineData(15 * Mebibyte, 120, false)]
    [InlineData((15 * Mebibyte) - 1, 120, true)]
    [InlineData(60 * 32 * 1024, 3600, true)]
    public void A_client_that_takes_a_snapshot_in_trickles_is_too_slow(long sentBytes, int seconds, bool isTooSlow) =>
        SnapshotBlobs.IsTooSlow(sentBytes, TimeSpan.FromSeconds(seconds)).Should().Be(isTooSlow);
}
