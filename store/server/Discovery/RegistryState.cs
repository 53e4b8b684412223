using System.Globalization;
using Sync.Etcd.Client.Keys;
using Sync.Store.Hosting;
using Sync.Store.Options;

namespace Sync.Store.Discovery;

/// <summary>What a registry means to one of the members that it is for.</summary>
internal abstract record RegistryState
{
    /// <summary>There is room, and the member has not registered, or by another name.</summary>
    public sealed record Open : RegistryState;

    /// <summary>It is registered, and others are missing.</summary>
    /// <param name="Registered">How many have come.</param>
    /// <param name="Size">How many will found the cluster.</param>
    public sealed record Waiting(int Registered, int Size) : RegistryState;

    /// <summary>All have come, and it is one of them.</summary>
    /// <param name="Cluster">The members.</param>
    public sealed record Complete(InitialCluster Cluster) : RegistryState;

    /// <summary>Reads a registry: those found the cluster whose keys were made first.</summary>
    /// <param name="keys">Where it is.</param>
    /// <param name="own">The key of the member that asks.</param>
    /// <param name="text">What it registers there.</param>
    /// <param name="pairs">All of its pairs as of one revision.</param>
    /// <exception cref="StartException">The member cannot be of that cluster, or there can be no such cluster.</exception>
    public static RegistryState Read(RegistryKeys keys, string own, string text, IReadOnlyCollection<StoredPair> pairs)
    {
        var size = ReadSize(keys, pairs);

        // An entry that names nobody takes nobody's place, as in etcd.
        var members = pairs
            .Where(pair => pair.KeyText.StartsWith(keys.Members, StringComparison.Ordinal) && pair.ValueText.Contains('='))
            .OrderBy(pair => pair.CreateRevision)
            .ToList();
        var founders = members.Take(size).ToList();
        var isRegistered = members.Exists(member => member.KeyText == own);
        var isFounder = founders.Exists(member => member.KeyText == own);
        if (!isFounder && (isRegistered || founders.Count == size))
        {
            throw new StartException(
                $"discovery: cluster is full. Before this member registered with the token {keys.Token}, {size} others did: "
                + $"{TextOf(founders)}. Take another --discovery-token for another cluster; to join this one, use "
                + "'member add' and --initial-cluster-state existing.");
        }

        return !founders.Exists(member => member.KeyText == own && member.ValueText == text) ? new Open()
            : founders.Count < size ? new Waiting(founders.Count, size)
            : new Complete(ClusterOf(keys, founders));
    }

    private static int ReadSize(RegistryKeys keys, IReadOnlyCollection<StoredPair> pairs)
    {
        if (pairs.FirstOrDefault(pair => pair.KeyText == keys.Size) is not { } pair)
        {
            throw new StartException(
                "discovery: size key not found. Say in the store of --discovery-endpoints how many members the cluster "
                + $"begins with: put {keys.Size} 3.");
        }

        return int.TryParse(pair.ValueText, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0
            ? size
            : throw new StartException(
                $"discovery: size key is bad. The value of {keys.Size} is \"{pair.ValueText}\"; put the number of members "
                + "there.");
    }

    private static InitialCluster ClusterOf(RegistryKeys keys, List<StoredPair> founders)
    {
        var faults = new List<string>();
        var cluster = InitialCluster.Parse(TextOf(founders), keys.Token, faults, source: "a registered member");
        if (cluster.PeerUrls.Count != founders.Count)
        {
            faults.Add(
                $"{founders.Count} registered members have {cluster.PeerUrls.Count} names; each needs one of its own.");
        }

        return faults.Count == 0 ? cluster : throw new StartException(
            $"discovery: invalid peer URL. {string.Join(' ', faults)} Begin anew with another --discovery-token.");
    }

    private static string TextOf(IEnumerable<StoredPair> members) =>
        string.Join(',', members.Select(member => member.ValueText.Trim()));
}
