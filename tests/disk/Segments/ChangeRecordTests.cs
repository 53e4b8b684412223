using CsCheck;
using Sync.Disk.Segments;
using Sync.Mvcc;
using Sync.Mvcc.Changes;
using Sync.Mvcc.Leases;

namespace Sync.Disk.Tests.Segments;

public sealed class ChangeRecordTests
{
    [Fact]
    public void Any_change_is_read_back_as_it_was_and_no_changed_one_passes()
    {
        Gen.Select(Gen.Byte.Array[1, 60], Gen.Byte.Array[0, 400], Gen.Long, Gen.Int, Gen.Long, Gen.UInt).Sample(
            (key, value, main, sub, lease, seed) =>
            {
                var header = new ChangeHeader(
                    key, new ChangeId(new Revision(main), sub), ChangeKind.Put, new Revision(main), sub, new LeaseId(lease));
                var change = new StoredChange(header, value);
                var record = new byte[ChangeRecord.SizeOf(change)];
                ChangeRecord.Encode(change, record, seed);

                ChangeRecord.TryDecode(record, seed, out var read).Should().BeTrue();
                read.Header.Key.ToArray().Should().Equal(key);
                read.Value.ToArray().Should().Equal(value);
                (read.Header with { Key = default }).Should().Be(header with { Key = default });
                ChangeRecord.TryDecode(record, seed ^ 1, out _).Should().BeFalse();
                record[sub & 31] ^= 4;
                ChangeRecord.TryDecode(record, seed, out _).Should().BeFalse();
            },
            iter: 10_000);
    }
}
