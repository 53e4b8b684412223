using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Sync.Raft;

namespace Sync.Member.Membership;

/// <summary>
/// The identities that follow from what every member of a new cluster is told, so that all give the same without asking.
/// </summary>
/// <remarks>Source: etcd, server/etcdserver/api/membership, newMember and genID.</remarks>
public static class BootstrapIdentities
{
    /// <summary>A member's: the first eight bytes, big-endian, of SHA-1 over its sorted peer URLs and the token.</summary>
    /// <param name="peerUrls">Its peer URLs, in any order.</param>
    /// <param name="token">The cluster's token.</param>
    public static MemberId MemberOf(IEnumerable<string> peerUrls, string token) =>
        new(FirstEightBytes(Encoding.UTF8.GetBytes(string.Concat(peerUrls.Order(StringComparer.Ordinal)) + token)));

    /// <summary>
    /// A cluster's: the first eight bytes, big-endian, of SHA-1 over all member identities, ascending, big-endian.
    /// </summary>
    /// <param name="members">The peer URLs of each member, in any order.</param>
    /// <param name="token">The cluster's token.</param>
    public static ulong ClusterOf(IEnumerable<IEnumerable<string>> members, string token)
    {
        var ids = members.Select(peerUrls => MemberOf(peerUrls, token).Value).Order().ToArray();
        var bytes = new byte[ids.Length * sizeof(ulong)];
        for (var member = 0; member < ids.Length; member++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(member * sizeof(ulong)), ids[member]);
        }

        return FirstEightBytes(bytes);
    }

    [SuppressMessage("Security", "CA5350", Justification = "The identity's form is given by etcd; it protects nothing.")]
    private static ulong FirstEightBytes(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA1.HashData(bytes));
}
