using System.Globalization;

namespace Sync.Store.Discovery;

/// <summary>Where the members of a cluster to be register in another store.</summary>
/// <param name="Token">What they have in common.</param>
/// <remarks>
/// Members of etcd and of this store can register side by side, so the keys are etcd's:
/// <code>
/// /_etcd/registry/TOKEN/_config/size  how many members found the cluster
/// /_etcd/registry/TOKEN/members/ID    name=url,name=url2 of one of them; its identity in hexadecimal
/// </code>
/// Source: etcd, server/etcdserver/api/v3discovery/discovery.go.
/// </remarks>
internal readonly record struct RegistryKeys(string Token)
{
    /// <summary>What all of these keys begin with.</summary>
    public string All => $"/_etcd/registry/{Token}/";

    /// <summary>The key of the size.</summary>
    public string Size => $"{All}_config/size";

    /// <summary>What the keys of members begin with.</summary>
    public string Members => $"{All}members/";

    /// <summary>The key of a member.</summary>
    /// <param name="id">Its identity, which follows from its peer URLs and the token.</param>
    public string MemberOf(ulong id) => Members + id.ToString("x", CultureInfo.InvariantCulture);
}
