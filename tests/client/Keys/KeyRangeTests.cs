using CsCheck;
using Google.Protobuf;
using Sync.Etcd.Client.Keys;

namespace Sync.Etcd.Client.Tests.Keys;

public sealed class KeyRangeTests
{
    private static readonly byte[] Bytes = [0, 1, 254, 255];

    // Few byte values, the extreme ones among them, so that ranges meet often.
    private static readonly Gen<ByteString> Key =
        Gen.Int[0, 3].Select(place => Bytes[place]).Array[1, 3].Select(bytes => ByteString.CopyFrom(bytes));

    private static readonly Gen<KeyRange> Range = Gen.OneOf(
        Key.Select(KeyRange.Only),
        Key.Select(KeyRange.Prefix),
        Key.Select(KeyRange.From),
        Gen.Select(Key, Key).Select(keys => KeyRange.Between(keys.Item1, keys.Item2)),
        Gen.Const(KeyRange.All));

    [Fact]
    public void A_prefix_holds_exactly_the_keys_that_begin_with_it() =>
        Gen.Select(Key, Key).Sample((prefix, key) =>
            KeyRange.Prefix(prefix).Contains(key) == key.Span.StartsWith(prefix.Span));

    [Fact]
    public void A_range_from_a_key_holds_it_and_all_after_it() =>
        Gen.Select(Key, Key).Sample((start, key) =>
            KeyRange.From(start).Contains(key) == key.Span.SequenceCompareTo(start.Span) >= 0);

    [Fact]
    public void A_union_holds_the_keys_of_its_ranges_and_no_others() =>
        Gen.Select(Range.Array[0, 6], Key).Sample((ranges, key) =>
            KeyRange.Union(ranges).Any(range => range.Contains(key))
                == ranges.Any(range => range.Contains(key)));

    [Fact]
    public void The_ranges_of_a_union_stand_in_order_and_apart() =>
        Gen.Select(Range.Array[0, 6], Key).Sample((ranges, key) =>
        {
            var union = KeyRange.Union(ranges);

            return union.Count(range => range.Contains(key)) <= 1
                && union.SequenceEqual(union.OrderBy(range => range.Start, KeyOrder.Instance))
                && KeyRange.Union(union).SequenceEqual(union);
        });

    [Fact]
    public void A_prefix_of_highest_bytes_has_no_upper_bound()
    {
        var range = KeyRange.Prefix(ByteString.CopyFrom(0xff, 0xff));

        range.End.Should().Equal(ByteString.CopyFrom(0));
    }

    [Fact]
    public void An_empty_prefix_is_every_key()
    {
        KeyRange.Prefix("").Should().Be(KeyRange.All);
        KeyRange.From(ByteString.Empty).Should().Be(KeyRange.All);
    }

    [Fact]
    public void A_key_has_at_least_one_byte()
    {
        var act = () => KeyRange.Only("");

        act.Should().Throw<ArgumentException>();
    }
}
