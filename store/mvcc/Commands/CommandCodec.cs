using System.Buffers;
using Sync.Mvcc.Alarms;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Leases;
using Sync.Mvcc.Transactions;

namespace Sync.Mvcc.Commands;

/// <summary>The bytes of a command in the log.</summary>
/// <remarks>
/// A command is the format's version (one byte, 1), the kind (one byte), then the kind's fields in the order of
/// <see cref="Encode(Command, IBufferWriter{byte})"/>. Numbers have seven bits a byte, lowest first, the high
/// bit on all but the last; those of either sign are folded to 0, -1, 1, -2, …; bytes and lists follow
/// their count. A later version may add kinds; the bytes of a kind never change.
/// </remarks>
public static class CommandCodec
{
    private const byte FormatVersion = 1;
    private const byte FlagWithPrevious = 1;
    private const byte FlagKeepValue = 2;
    private const byte FlagKeepLease = 4;
    private const byte FlagKeysOnly = 1;
    private const byte FlagCountOnly = 2;

    private enum Kind : byte
    {
        Empty = 0,
        Range = 1,
        Put = 2,
        DeleteRange = 3,
        Txn = 4,
        Compact = 5,
        LeaseGrant = 6,
        LeaseRevoke = 7,
        LeaseCheckpoint = 8,
        RaiseAlarm = 9,
        ClearAlarm = 10,
    }

    /// <summary>Appends a command's bytes.</summary>
    /// <param name="command">A command that passed <see cref="CommandValidation"/>.</param>
    /// <param name="output">Gets the bytes.</param>
    public static void Encode(Command command, IBufferWriter<byte> output)
    {
        var writer = new CommandWriter(output);
        writer.Byte(FormatVersion);
        Write(writer, command);
    }

    /// <summary>A command's bytes.</summary>
    /// <param name="command">A command that passed <see cref="CommandValidation"/>.</param>
    public static byte[] Encode(Command command)
    {
        var output = new ArrayBufferWriter<byte>();
        Encode(command, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a command back. Keys and values are slices of <paramref name="input"/>.</summary>
    /// <param name="input">The whole bytes of one command.</param>
    /// <returns>The command, or <see cref="StoreError.MalformedCommand"/>.</returns>
    public static Result<Command> Decode(ReadOnlyMemory<byte> input)
    {
        var reader = new CommandReader(input);
        if (reader.Byte() != FormatVersion)
        {
            return StoreError.MalformedCommand;
        }

        var command = ReadCommand(reader, depth: 0);
        return command is not null && reader.IsComplete ? command : StoreError.MalformedCommand;
    }

    private static void Write(CommandWriter writer, Command command)
    {
        switch (command)
        {
            case EmptyOperation:
                writer.Byte((byte)Kind.Empty);
                break;
            case RangeOperation range:
                writer.Byte((byte)Kind.Range);
                Write(writer, range.Query);
                break;
            case PutOperation put:
                writer.Byte((byte)Kind.Put);
                writer.Byte((byte)(Flag(put.WithPrevious, FlagWithPrevious)
                    | Flag(put.KeepValue, FlagKeepValue) | Flag(put.KeepLease, FlagKeepLease)));
                writer.Signed(put.Lease.Value);
                writer.Bytes(put.Key);
                writer.Bytes(put.Value);
                break;
            case DeleteRangeOperation delete:
                writer.Byte((byte)Kind.DeleteRange);
                writer.Byte(Flag(delete.WithPrevious, FlagWithPrevious));
                Write(writer, delete.Keys);
                break;
            case TxnOperation transaction:
                writer.Byte((byte)Kind.Txn);
                WriteAll(writer, transaction.Compares, Write);
                WriteAll(writer, transaction.Success, Write);
                WriteAll(writer, transaction.Failure, Write);
                break;
            case CompactCommand compact:
                writer.Byte((byte)Kind.Compact);
                writer.Signed(compact.Revision.Value);
                break;
            case LeaseGrantCommand grant:
                writer.Byte((byte)Kind.LeaseGrant);
                writer.Signed(grant.Lease.Value);
                writer.Signed(grant.TtlSeconds);
                break;
            case LeaseRevokeCommand revoke:
                writer.Byte((byte)Kind.LeaseRevoke);
                writer.Signed(revoke.Lease.Value);
                break;
            case LeaseCheckpointCommand checkpoint:
                writer.Byte((byte)Kind.LeaseCheckpoint);
                WriteAll(writer, checkpoint.Remaining, Write);
                break;
            case RaiseAlarmCommand raise:
                writer.Byte((byte)Kind.RaiseAlarm);
                Write(writer, raise.Alarm);
                break;
            case ClearAlarmCommand clear:
                writer.Byte((byte)Kind.ClearAlarm);
                Write(writer, clear.Alarm);
                break;
            default:
                throw Invariant.Unreachable(command);
        }
    }

    private static void Write(CommandWriter writer, RangeQuery query)
    {
        writer.Byte((byte)(Flag(query.KeysOnly, FlagKeysOnly) | Flag(query.CountOnly, FlagCountOnly)));
        Write(writer, query.Keys);
        writer.Signed(query.Limit);
        writer.Signed(query.Revision.Value);
        writer.Signed((int)query.Order);
        writer.Signed((int)query.Target);
        writer.Signed(query.MinModRevision.Value);
        writer.Signed(query.MaxModRevision.Value);
        writer.Signed(query.MinCreateRevision.Value);
        writer.Signed(query.MaxCreateRevision.Value);
    }

    private static void Write(CommandWriter writer, Compare compare)
    {
        Write(writer, compare.Keys);
        writer.Signed((int)compare.Target);
        writer.Signed((int)compare.Result);
        writer.Signed(compare.Number);
        writer.Bytes(compare.Value);
    }

    private static void Write(CommandWriter writer, KeyRange keys)
    {
        writer.Bytes(keys.Start);
        writer.Bytes(keys.RangeEnd);
    }

    private static void Write(CommandWriter writer, LeaseRemaining remaining)
    {
        writer.Signed(remaining.Lease.Value);
        writer.Signed(remaining.Seconds);
    }

    private static void Write(CommandWriter writer, Alarm alarm)
    {
        writer.Number(alarm.Member);
        writer.Signed((int)alarm.Type);
    }

    private static void WriteAll<T>(CommandWriter writer, IReadOnlyList<T> parts, Action<CommandWriter, T> write)
    {
        writer.Number((ulong)parts.Count);
        foreach (var part in parts)
        {
            write(writer, part);
        }
    }

    private static byte Flag(bool isSet, byte flag) => isSet ? flag : (byte)0;

    private static Command? ReadCommand(CommandReader reader, int depth)
    {
        var kind = (Kind)reader.Byte();
        return kind switch
        {
            _ when reader.IsMalformed => null,
            Kind.Empty => new EmptyOperation(),
            Kind.Range => new RangeOperation(ReadQuery(reader)),
            Kind.Put => ReadPut(reader),
            Kind.DeleteRange => ReadDelete(reader),
            Kind.Txn => ReadTransaction(reader, depth + 1),
            Kind.Compact => new CompactCommand(new Revision(reader.Signed())),
            Kind.LeaseGrant => new LeaseGrantCommand(new LeaseId(reader.Signed()), reader.Signed()),
            Kind.LeaseRevoke => new LeaseRevokeCommand(new LeaseId(reader.Signed())),
            Kind.LeaseCheckpoint => new LeaseCheckpointCommand(ReadAll(reader, ReadRemaining)),
            Kind.RaiseAlarm => new RaiseAlarmCommand(ReadAlarm(reader)),
            Kind.ClearAlarm => new ClearAlarmCommand(ReadAlarm(reader)),
            _ => null,
        };
    }

    private static PutOperation ReadPut(CommandReader reader)
    {
        var flags = reader.Flags(FlagWithPrevious | FlagKeepValue | FlagKeepLease);
        var lease = new LeaseId(reader.Signed());
        return new PutOperation(reader.Bytes(), reader.Bytes())
        {
            Lease = lease,
            WithPrevious = (flags & FlagWithPrevious) != 0,
            KeepValue = (flags & FlagKeepValue) != 0,
            KeepLease = (flags & FlagKeepLease) != 0,
        };
    }

    private static DeleteRangeOperation ReadDelete(CommandReader reader)
    {
        var flags = reader.Flags(FlagWithPrevious);
        return new DeleteRangeOperation(ReadKeys(reader)) { WithPrevious = flags != 0 };
    }

    private static TxnOperation? ReadTransaction(CommandReader reader, int depth)
    {
        if (depth > CommandValidation.DepthMax)
        {
            reader.Refuse();
            return null;
        }

        return new TxnOperation(
            ReadAll(reader, ReadCompare), ReadAll(reader, ReadNested), ReadAll(reader, ReadNested));

        Operation ReadNested(CommandReader nested)
        {
            if (ReadCommand(nested, depth) is Operation operation)
            {
                return operation;
            }

            nested.Refuse();
            return new EmptyOperation();
        }
    }

    private static RangeQuery ReadQuery(CommandReader reader)
    {
        var flags = reader.Flags(FlagKeysOnly | FlagCountOnly);
        return new RangeQuery(ReadKeys(reader))
        {
            KeysOnly = (flags & FlagKeysOnly) != 0,
            CountOnly = (flags & FlagCountOnly) != 0,
            Limit = reader.Signed(),
            Revision = new Revision(reader.Signed()),
            Order = (SortOrder)reader.Small(),
            Target = (SortTarget)reader.Small(),
            MinModRevision = new Revision(reader.Signed()),
            MaxModRevision = new Revision(reader.Signed()),
            MinCreateRevision = new Revision(reader.Signed()),
            MaxCreateRevision = new Revision(reader.Signed()),
        };
    }

    private static Compare ReadCompare(CommandReader reader) => new(
        ReadKeys(reader),
        (CompareTarget)reader.Small(),
        (CompareResult)reader.Small(),
        reader.Signed(),
        reader.Bytes());

    private static KeyRange ReadKeys(CommandReader reader) => KeyRange.FromWire(reader.Bytes(), reader.Bytes());

    private static LeaseRemaining ReadRemaining(CommandReader reader) =>
        new(new LeaseId(reader.Signed()), reader.Signed());

    private static Alarm ReadAlarm(CommandReader reader) => new(reader.Number(), (AlarmType)reader.Small());

    // The count is bounded by the bytes left, but a part in memory is larger than its bytes: the list grows
    // as its parts turn out to be there.
    private static List<T> ReadAll<T>(CommandReader reader, Func<CommandReader, T> read)
    {
        var count = reader.Count();
        var parts = new List<T>();
        while (parts.Count < count && !reader.IsMalformed)
        {
            parts.Add(read(reader));
        }

        return parts;
    }
}
