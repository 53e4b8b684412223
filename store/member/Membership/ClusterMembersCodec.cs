using System.Buffers.Binary;
using System.Text;
using Sync.Raft;

namespace Sync.Member.Membership;

/// <summary>The bytes of members, in the log and in a checkpoint.</summary>
/// <remarks>
/// A member is: identity, 8 bytes little-endian; name, text; peer URLs, list of text; client URLs, list of
/// text. Text is a count of bytes, 4 bytes little-endian, and UTF-8; a list is a count, likewise, and its items.
/// </remarks>
public static class ClusterMembersCodec
{
    /// <summary>The bytes of all members: a count, 4 bytes little-endian, and the members.</summary>
    public static byte[] Encode(ClusterMembers members)
    {
        var output = new MemoryStream();
        WriteCount(output, members.All.Count);
        foreach (var member in members.All)
        {
            Write(output, member);
        }

        return output.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are not of that form.</exception>
    public static ClusterMembers Decode(ReadOnlySpan<byte> input)
    {
        var members = new ClusterMember[ReadCount(ref input)];
        foreach (ref var member in members.AsSpan())
        {
            member = ReadMember(ref input);
        }

        RequireEnd(input);
        return new ClusterMembers(members);
    }

    /// <summary>Appends one member's bytes.</summary>
    internal static void Write(Stream output, ClusterMember member)
    {
        Span<byte> id = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(id, member.Id.Value);
        output.Write(id);
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
        var id = new MemberId(BinaryPrimitives.ReadUInt64LittleEndian(Take(ref input, sizeof(ulong))));
        return new ClusterMember(id, ReadText(ref input), ReadList(ref input), ReadList(ref input));
    }

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
        return count >= 0 && count <= input.Length
            ? count
            : throw new FormatException($"A count of {count} stands before {input.Length} bytes.");
    }

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
