using System.Buffers.Binary;
using System.Text;
using Sync.Raft;

namespace Sync.Member.Membership;

/// <summary>The bytes of members, in the log and in a checkpoint.</summary>
/// <remarks>
/// A member is: identity, 8 bytes little-endian; name, text; peer URLs, list of text; client URLs, list of
/// text. Text is a count of bytes, 4 bytes little-endian, and UTF-8; a list is a count, likewise, and its items.
/// All members are a list, whose count has bit 30 set, then a list of the learners' identities and one of the removed
/// members'. Without that bit nothing follows the members: the form of the first release, which had neither.
/// </remarks>
public static class ClusterMembersCodec
{
    private const int WithIdentities = 1 << 30;

    /// <summary>The bytes of all members.</summary>
    public static byte[] Encode(ClusterMembers members)
    {
        var output = new MemoryStream();
        WriteCount(output, members.All.Count | WithIdentities);
        foreach (var member in members.All)
        {
            Write(output, member);
        }

        WriteIds(output, [.. members.All.Where(member => member.IsLearner).Select(member => member.Id)]);
        WriteIds(output, members.Removed);

        return output.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are not of that form.</exception>
    public static ClusterMembers Decode(ReadOnlySpan<byte> input)
    {
        var marked = BinaryPrimitives.ReadInt32LittleEndian(Take(ref input, sizeof(int)));
        var members = new ClusterMember[Require(marked & ~WithIdentities, input)];
        foreach (ref var member in members.AsSpan())
        {
            member = ReadMember(ref input);
        }

        var hasIdentities = (marked & WithIdentities) != 0;
        var learners = hasIdentities ? ReadIds(ref input) : [];
        var removed = hasIdentities ? ReadIds(ref input) : [];
        RequireEnd(input);
        return new ClusterMembers(
            members.Select(member => member with { IsLearner = learners.Contains(member.Id) }), removed);
    }

    /// <summary>Appends one member's bytes.</summary>
    internal static void Write(Stream output, ClusterMember member)
    {
        WriteId(output, member.Id);
        WriteText(output, member.Name);
        WriteList(output, member.PeerUrls);
        WriteList(output, member.ClientUrls);
    }

    /// <summary>Reads one member and nothing behind it.</summary>
    /// <exception cref="FormatException">The bytes are not of that form.</exception>
    internal static ClusterMember DecodeOne(ReadOnlySpan<byte> input)
    {
        var member = ReadMember(ref input);
        RequireEnd(input);
        return member;
    }

    private static ClusterMember ReadMember(ref ReadOnlySpan<byte> input)
    {
        return new ClusterMember(ReadId(ref input), ReadText(ref input), ReadList(ref input), ReadList(ref input));
    }

    private static void WriteIds(Stream output, IReadOnlyList<MemberId> ids)
    {
        WriteCount(output, ids.Count);
        foreach (var id in ids)
        {
            WriteId(output, id);
        }
    }

    private static void WriteId(Stream output, MemberId id)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, id.Value);
        output.Write(bytes);
    }

    private static MemberId[] ReadIds(ref ReadOnlySpan<byte> input)
    {
        var ids = new MemberId[ReadCount(ref input)];
        foreach (ref var id in ids.AsSpan())
        {
            id = ReadId(ref input);
        }

        return ids;
    }

    private static MemberId ReadId(ref ReadOnlySpan<byte> input) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(Take(ref input, sizeof(ulong))));

    private static void WriteList(Stream output, IReadOnlyList<string> texts)
    {
        WriteCount(output, texts.Count);
        foreach (var text in texts)
        {
            WriteText(output, text);
        }
    }

    private static void WriteText(Stream output, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        WriteCount(output, bytes.Length);
        output.Write(bytes);
    }

    private static void WriteCount(Stream output, int count)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, count);
        output.Write(bytes);
    }

    private static string[] ReadList(ref ReadOnlySpan<byte> input)
    {
        var texts = new string[ReadCount(ref input)];
        foreach (ref var text in texts.AsSpan())
        {
            text = ReadText(ref input);
        }

        return texts;
    }

    private static string ReadText(ref ReadOnlySpan<byte> input) =>
        Encoding.UTF8.GetString(Take(ref input, ReadCount(ref input)));

    // An item takes a byte at least, so a count above the bytes that are left is checked before anything is made.
    private static int ReadCount(ref ReadOnlySpan<byte> input)
    {
        var count = BinaryPrimitives.ReadInt32LittleEndian(Take(ref input, sizeof(int)));
        return Require(count, input);
    }

    private static int Require(int count, ReadOnlySpan<byte> input) =>
        count >= 0 && count <= input.Length
            ? count
            : throw new FormatException($"A count of {count} stands before {input.Length} bytes.");

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> input, int count)
    {
        if (input.Length < count)
        {
            throw new FormatException($"{count} bytes are missing; {input.Length} are left.");
        }

        var taken = input[..count];
        input = input[count..];
        return taken;
    }

    private static void RequireEnd(ReadOnlySpan<byte> input)
    {
        if (!input.IsEmpty)
        {
            throw new FormatException($"{input.Length} bytes are left over.");
        }
    }
}
