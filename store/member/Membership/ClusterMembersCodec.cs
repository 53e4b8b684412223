using System.Buffers.Binary;
using System.Text;
using Sync.Raft;

namespace Sync.Member.Membership;

/// <summary>The bytes of members, in the log and in a checkpoint.</summary>
/// <remarks>
/// A member is: identity, 8 bytes little-endian; name, text; peer URLs, list of text; client URLs, list of
/// text. Text is a count of bytes, 4 bytes little-endian, and UTF-8; a list is a count, likewise, and its items.
/// All members are a list, whose count has bits 30 and 31 set, then a list of the learners' identities and one of the removed
/// members', then versions: each member's, in their order, the cluster's, and that which a downgrade leads to. A version is
/// its two numbers, 4 bytes each, both 0 for none. Without bit 31 there are no versions, without bit 30 nothing follows the
/// members: earlier forms, which are read and not written any more.
/// </remarks>
public static class ClusterMembersCodec
{
    private const int WithIdentities = 1 << 30;
    private const int WithVersions = 1 << 31;

    /// <summary>The bytes of all members.</summary>
    public static byte[] Encode(ClusterMembers members)
    {
        var output = new MemoryStream();
        WriteCount(output, members.All.Count | WithIdentities | WithVersions);
        foreach (var member in members.All)
        {
            Write(output, member);
        }

        WriteIds(output, [.. members.All.Where(member => member.IsLearner).Select(member => member.Id)]);
        WriteIds(output, members.Removed);
        foreach (var version in members.All.Select(member => member.Version))
        {
            WriteVersion(output, version);
        }

        WriteVersion(output, members.Version);
        WriteVersion(output, members.DowngradeTarget);
        return output.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are not of that form.</exception>
    public static ClusterMembers Decode(ReadOnlySpan<byte> input)
    {
        var marked = BinaryPrimitives.ReadInt32LittleEndian(Take(ref input, sizeof(int)));
        var members = new ClusterMember[Require(marked & ~(WithIdentities | WithVersions), input)];
        foreach (ref var member in members.AsSpan())
        {
            member = ReadMember(ref input);
        }

        var hasIdentities = (marked & WithIdentities) != 0;
        var learners = hasIdentities ? ReadIds(ref input) : [];
        var removed = hasIdentities ? ReadIds(ref input) : [];
        ClusterVersion? version = null;
        ClusterVersion? downgradeTarget = null;
        if ((marked & WithVersions) != 0)
        {
            foreach (ref var member in members.AsSpan())
            {
                member = member with { Version = ReadVersion(ref input) };
            }

            version = ReadVersion(ref input);
            downgradeTarget = ReadVersion(ref input);
        }

        RequireEnd(input);
        return new ClusterMembers(
            members.Select(member => member with { IsLearner = learners.Contains(member.Id) }),
            removed,
            version,
            downgradeTarget);
    }

    /// <summary>Appends one member's bytes.</summary>
    internal static void Write(Stream output, ClusterMember member)
    {
        WriteId(output, member.Id);
        WriteText(output, member.Name);
        WriteList(output, member.PeerUrls);
        WriteList(output, member.ClientUrls);
    }

    /// <summary>Appends one version's bytes.</summary>
    internal static void WriteVersion(Stream output, ClusterVersion? version)
    {
        var (major, minor) = version ?? default;
        WriteCount(output, major);
        WriteCount(output, minor);
    }

    /// <summary>Reads one member and nothing behind it.</summary>
    /// <exception cref="FormatException">The bytes are not of that form.</exception>
    internal static ClusterMember DecodeOne(ReadOnlySpan<byte> input)
    {
        var member = ReadMember(ref input);
        RequireEnd(input);
        return member;
    }

    /// <summary>Reads one member, its version and nothing behind them.</summary>
    /// <exception cref="FormatException">The bytes are not of that form.</exception>
    internal static ClusterMember DecodeOneWithVersion(ReadOnlySpan<byte> input)
    {
        var member = ReadMember(ref input) with { Version = ReadVersion(ref input) };
        RequireEnd(input);
        return member;
    }

    /// <summary>Reads one version and nothing behind it.</summary>
    /// <returns>Null for none.</returns>
    /// <exception cref="FormatException">The bytes are not of that form.</exception>
    internal static ClusterVersion? DecodeVersion(ReadOnlySpan<byte> input)
    {
        var version = ReadVersion(ref input);
        RequireEnd(input);
        return version;
    }

    private static ClusterVersion? ReadVersion(ref ReadOnlySpan<byte> input)
    {
        var major = BinaryPrimitives.ReadInt32LittleEndian(Take(ref input, sizeof(int)));
        var minor = BinaryPrimitives.ReadInt32LittleEndian(Take(ref input, sizeof(int)));
        return (major, minor) == (0, 0) ? null : new ClusterVersion(major, minor);
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
