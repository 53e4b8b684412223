using CsCheck;
using Sync.Mvcc.Alarms;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Leases;
using Sync.Mvcc.Tests.Model;
using Sync.TestKit;

namespace Sync.Mvcc.Tests.Commands;

public sealed class CommandCodecTests
{
    private static readonly Gen<Command> AnyCommand = Gen.OneOf(
        CommandGen.Any,
        CommandGen.Alarm,
        Gen.Select(Gen.Long, Gen.Long, (id, ttl) => (Command)new LeaseGrantCommand(new LeaseId(id), ttl)),
        Gen.Select(Gen.ULong, Gen.Int, (member, type) => (Command)new RaiseAlarmCommand(new Alarm(member, (AlarmType)type))),
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Byte.Array[0, 300], (key, value) => (Command)new PutOperation(key, value)),
        Gen.Const((Command)new EmptyOperation()));

    [Fact]
    public void A_command_is_read_back_as_it_was_written() =>
        AnyCommand.Sample(
            command => Text.Of(CommandCodec.Decode(CommandCodec.Encode(command)).Value) == Text.Of(command),
            iter: 20_000);

    [Fact]
    public void A_command_that_is_cut_short_is_refused() =>
        AnyCommand.Sample(
            command =>
            {
                var bytes = CommandCodec.Encode(command);
                return Enumerable.Range(0, bytes.Length)
                    .All(size => CommandCodec.Decode(bytes.AsMemory(0, size)) is { IsOk: false, Error: StoreError.MalformedCommand });
            },
            iter: 2_000);

    [Fact]
    public void A_command_with_bytes_behind_it_is_refused() =>
        AnyCommand.Sample(
            command => !CommandCodec.Decode(CommandCodec.Encode(command).Append((byte)0).ToArray()).IsOk,
            iter: 2_000);

    [Fact]
    public void Random_bytes_are_refused_or_read_but_never_fail() =>
        Gen.Byte.Array[0, 60].Sample(
            bytes =>
            {
                if (bytes.Length > 1)
                {
                    bytes[0] = 1;
                    bytes[1] %= 12;
                }

                _ = CommandCodec.Decode(bytes);
            },
            iter: 100_000);

    [Fact]
    public void A_damaged_command_is_refused_or_another_one_but_never_fails() =>
        Gen.Select(AnyCommand, Gen.Int[0, 1_000_000], Gen.Byte).Sample(
            (command, place, damage) =>
            {
                var bytes = CommandCodec.Encode(command);
                bytes[place % bytes.Length] ^= damage;
                var read = CommandCodec.Decode(bytes);
                if (read.IsOk)
                {
                    // What is understood can be validated, written and applied like any other.
                    _ = CommandValidation.Check(read.Value);
                    _ = CommandCodec.Encode(read.Value);
                    _ = QuotaCost.Of(read.Value);
                    _ = new Keyspace(new KeyspaceSettings(), new MemoryChangeStore()).Apply(read.Value);
                }
            },
            iter: 20_000);

    [Fact]
    public void A_huge_count_is_refused_before_memory_is_taken_for_it()
    {
        // A transaction of 2^62 conditions in twelve bytes.
        byte[] bytes = [1, 4, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40, 0];

        var allocated = Allocated.ByLeastOf(3, _ => CommandCodec.Decode(bytes).IsOk.Should().BeFalse());

        allocated.Should().BeLessThan(10_000);
    }

    [Fact]
    public void Transactions_nested_beyond_the_limit_are_refused()
    {
        byte[] level = [4, 0, 1];
        byte[] innermost = [4, 0, 0, 0];
        byte[] deep = [1, .. Enumerable.Repeat(level, 300).SelectMany(part => part), .. innermost, .. new byte[300]];
        byte[] shallow = [1, .. Enumerable.Repeat(level, 255).SelectMany(part => part), .. innermost, .. new byte[255]];

        CommandCodec.Decode(deep).IsOk.Should().BeFalse();
        CommandCodec.Decode(shallow).IsOk.Should().BeTrue();
    }

    [Fact]
    public void Another_format_version_is_refused()
    {
        var bytes = CommandCodec.Encode(new LeaseRevokeCommand(new LeaseId(1)));
        bytes[0] = 2;

        CommandCodec.Decode(bytes).Error.Should().Be(StoreError.MalformedCommand);
    }

    [Fact]
    public void Keys_and_values_are_slices_of_the_input()
    {
        ReadOnlyMemory<byte> bytes = CommandCodec.Encode(new PutOperation(Text.Bytes("key"), Text.Bytes("value")));

        var put = (PutOperation)CommandCodec.Decode(bytes).Value;

        bytes.Span.Overlaps(put.Key.Span).Should().BeTrue();
        bytes.Span.Overlaps(put.Value.Span).Should().BeTrue();
    }
}
