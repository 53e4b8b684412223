using System.Buffers.Binary;
using System.Security.Cryptography;
using Sync.Disk.Snapshots;
using Sync.Simulation;

namespace Sync.Disk.Tests.Snapshots;

public sealed class SnapshotDamageTests
{
    [Fact]
    public void A_flipped_bit_in_any_byte_is_refused()
    {
        var (follower, bytes) = FollowerAndSnapshot();
        for (var offset = 0; offset < bytes.Length; offset++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[offset] ^= (byte)(1 << (offset % 8));

            RequireRefused(follower, damaged, $"byte {offset} was flipped");
        }
    }

    [Fact]
    public void A_snapshot_that_ends_too_early_is_refused_at_every_length()
    {
        var (follower, bytes) = FollowerAndSnapshot();
        for (var length = 0; length < bytes.Length; length++)
        {
            RequireRefused(follower, bytes[..length], $"only {length} bytes came");
        }

        RequireRefused(follower, [.. bytes, 0], "a byte more came");
    }

    [Fact]
    public void Blocks_that_are_missing_doubled_or_out_of_order_are_refused_even_with_the_right_digest()
    {
        var (follower, bytes) = FollowerAndSnapshot(operations: 2500);
        var blocks = Blocks(bytes);
        blocks.Count.Should().BeGreaterThan(3, "manifest, two of changes, end");

        RequireRefused(follower, Joined(bytes, [blocks[0], blocks[2], blocks[1], .. blocks[3..]]), "two were swapped");
        RequireRefused(follower, Joined(bytes, [blocks[0], blocks[1], .. blocks[1..]]), "one came twice");
        RequireRefused(follower, Joined(bytes, [blocks[0], .. blocks[2..]]), "one is missing");
        RequireRefused(follower, Joined(bytes, blocks[1..]), "the manifest is missing");
        Joined(bytes, blocks).Should().Equal(bytes, "the parts are those of the snapshot");
    }

    [Fact]
    public void Pieces_out_of_order_are_refused_where_they_come()
    {
        var (follower, bytes) = FollowerAndSnapshot();
        using var staging = follower.Directory.Receive("of the leader");
        staging.Accept(0, bytes.AsSpan(0, 100));

        staging.Invoking(staging => staging.Accept(200, bytes.AsSpan(200, 100))).Should().Throw<SnapshotException>()
            .Which.Offset.Should().Be(100);
        staging.Invoking(staging => staging.Accept(100, bytes.AsSpan(100))).Should().Throw<SnapshotException>(
            "a refused snapshot begins anew");
    }

    [Fact]
    public void A_size_that_is_claimed_takes_no_memory_until_its_bytes_come()
    {
        var (follower, bytes) = FollowerAndSnapshot();
        var claim = bytes[..200];
        BinaryPrimitives.WriteInt32LittleEndian(claim.AsSpan(20), 1024 * 1024 * 1024);
        using var staging = follower.Directory.Receive("of the leader");
        var before = GC.GetAllocatedBytesForCurrentThread();

        staging.Accept(0, claim);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(100_000);
    }

    [Fact]
    public void A_later_format_is_refused_by_name()
    {
        var (follower, bytes) = FollowerAndSnapshot();
        bytes[8] = 9;
        using var staging = follower.Directory.Receive("of the leader");

        staging.Invoking(staging => staging.Accept(0, bytes)).Should().Throw<SnapshotException>()
            .Which.Fault.Should().Contain("format 9");
    }

    [Fact]
    public void A_snapshot_that_has_no_room_is_refused_and_comes_once_there_is_some()
    {
        var disk = new SimulatedDisk(2);
        var (follower, bytes) = FollowerAndSnapshot(followerDisk: disk);
        disk.FaultOf = call => call.Operation is DiskOperation.Write or DiskOperation.Allocate or DiskOperation.Create
            ? DiskFault.NoSpace
            : DiskFault.None;

        RequireRefused(follower, bytes, "the disk is full");

        disk.FaultOf = _ => DiskFault.None;
        using var staging = follower.Directory.Receive("of the leader");
        KeyspaceMember.Accept(staging, bytes, 4096);
        staging.Complete();
        staging.IsComplete.Should().BeTrue();
    }

    private static (KeyspaceMember Follower, byte[] Bytes) FollowerAndSnapshot(
        int operations = 40, SimulatedDisk? followerDisk = null)
    {
        var leader = new KeyspaceMember(new SimulatedDisk(1), KeyspaceMember.Leader) { SavesCheckpoints = false };
        leader.Start();
        leader.RunTo(operations);
        var follower = new KeyspaceMember(followerDisk ?? new SimulatedDisk(2), KeyspaceMember.Follower);
        follower.Start();
        follower.RunTo(3);
        using var capture = leader.Capture();
        return (follower, KeyspaceMember.BytesOf(capture));
    }

    // Refused in words, whenever it is found out, with nothing left behind and the member as before.
    private static void RequireRefused(KeyspaceMember follower, byte[] bytes, string because)
    {
        var before = follower.Directory.Segments.TotalBytes;
        var staging = follower.Directory.Receive("of the leader");
        try
        {
            KeyspaceMember.Accept(staging, bytes, 4096);
            staging.Complete();
            Assert.Fail($"Taken for whole: {because}.");
        }
        catch (SnapshotException refusal)
        {
            refusal.Fault.Should().NotBeEmpty(because);
            staging.IsComplete.Should().BeFalse(because);
        }

        staging.Dispose();
        follower.Directory.Segments.TotalBytes.Should().Be(before, because);
        follower.FilesReceived.Should().BeEmpty(because);
    }

    private static List<byte[]> Blocks(byte[] bytes)
    {
        var blocks = new List<byte[]>();
        uint kind;
        var offset = SnapshotBlock.HeadBytes;
        do
        {
            var size = SnapshotBlock.HeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(offset + 4));
            kind = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset + 8));
            blocks.Add(bytes[offset..(offset + size)]);
            offset += size;
        }
        while (kind != (uint)SnapshotBlockKind.End);
        return blocks;
    }

    private static byte[] Joined(byte[] original, IEnumerable<byte[]> blocks)
    {
        byte[] content = [.. original[..SnapshotBlock.HeadBytes], .. blocks.SelectMany(block => block)];
        content = [.. content, .. new byte[SnapshotBlock.PaddingAfter(content.Length)]];
        return [.. content, .. SHA256.HashData(content)];
    }
}
