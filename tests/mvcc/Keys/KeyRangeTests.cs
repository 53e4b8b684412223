using CsCheck;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Tests.Model;

namespace Sync.Mvcc.Tests.Keys;

public sealed class KeyRangeTests
{
    [Theory]
    [InlineData("k", "", "k", "k\0,j,l")]
    [InlineData("b", "d", "b,c,c\u00ff", "a,d,a\u00ff")]
    [InlineData("b", "\0", "b,c,\u00ff\u00ff", "a,\0")]
    [InlineData("\0", "\0", "\0,a,\u00ff", "")]
    [InlineData("b", "a", "", "a,b,c")]
    [InlineData("b", "b", "", "a,b,c")]
    public void A_range_holds_what_the_wire_means(string key, string end, string inside, string outside)
    {
        var range = KeyRange.FromWire(Text.Bytes(key), Text.Bytes(end));

        Split(inside).All(held => range.Contains(Text.Bytes(held).Span)).Should().BeTrue();
        Split(outside).Any(other => range.Contains(Text.Bytes(other).Span)).Should().BeFalse();
        range.IsEmpty.Should().Be(inside.Length == 0);
    }

    [Fact]
    public void A_prefix_range_holds_exactly_the_keys_that_begin_with_it()
    {
        var bytes = Gen.OneOf((byte)0, (byte)1, (byte)'a', (byte)0xfe, (byte)0xff).Array[0, 4];

        Gen.Select(bytes, bytes).Sample(
            (prefix, key) => key.Length == 0
                || KeyRange.Prefix(prefix).Contains(key) == key.AsSpan().StartsWith(prefix)
                || prefix.All(part => part == 0xff),
            iter: 20_000);
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("a\u00ff", "b")]
    [InlineData("a\u00ff\u00ff", "b")]
    [InlineData("\u00ff", "\0")]
    [InlineData("", "\0")]
    public void A_prefix_ends_at_the_next_one(string prefix, string end) =>
        KeyRange.Prefix(Text.Bytes(prefix)).RangeEnd.ToArray().Should().Equal(Text.Bytes(end).ToArray());

    private static string[] Split(string keys) => keys.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
