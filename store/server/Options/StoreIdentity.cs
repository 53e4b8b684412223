using System.Globalization;

namespace Sync.Store.Options;

/// <summary>Who this server is to its clients.</summary>
/// <param name="ClusterId">The cluster.</param>
/// <param name="MemberId">The member.</param>
internal sealed record StoreIdentity(ulong ClusterId, ulong MemberId)
{
    /// <summary>The cluster as etcd prints it: hexadecimal, no leading zeros.</summary>
    public string ClusterText => ClusterId.ToString("x", CultureInfo.InvariantCulture);
}
