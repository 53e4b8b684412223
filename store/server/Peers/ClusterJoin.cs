using System.Globalization;
using System.Text.Json;
using Sync.Disk;
using Sync.Member.Membership;
using Sync.Raft;
using Sync.Raft.Membership;
using Sync.Store.Hosting;
using Sync.Store.Options;

namespace Sync.Store.Peers;

/// <summary>Asks a cluster that runs who this member is in it: <c>--initial-cluster-state existing</c>.</summary>
/// <remarks>Source: etcd, server/etcdserver/bootstrap.go, bootstrapExistingClusterNoWAL.</remarks>
internal static class ClusterJoin
{
    /// <summary>The header of the peer port that names the cluster, in hexadecimal.</summary>
    public const string ClusterHeader = "X-Etcd-Cluster-ID";

    /// <summary>The header of the peer port that names the life of the group.</summary>
    public const string IncarnationHeader = "X-Sync-Incarnation";

    private sealed record Answer(ulong ClusterId, Incarnation Incarnation, ClusterMembers Members);

    /// <summary>Finds this member among those that the cluster has.</summary>
    /// <exception cref="StartException">No member was reached, or the cluster is not as the flags say.</exception>
    public static async Task<Founding> FindAsync(StoreSettings settings, PeerChannels channels)
    {
        var cluster = settings.Cluster;
        var urls = cluster.PeerUrls.Where(member => member.Key != settings.Name).SelectMany(member => member.Value).ToList();
        var reasons = new List<string>();
        var answer = await AskAnyAsync(urls, channels, reasons) ?? throw new StartException(
            "cannot fetch cluster info from peer urls: could not retrieve cluster information from the given URLs "
            + $"({string.Join(',', urls)}). --initial-cluster-state existing needs a member that runs. "
            + string.Join(' ', reasons.Distinct()));
        if (answer.Members.All.Count != cluster.PeerUrls.Count)
        {
            throw new StartException(
                $"error validating peerURLs: member count is unequal: --initial-cluster names {cluster.PeerUrls.Count} "
                + $"members, {cluster.Text}, and the cluster has {answer.Members.All.Count}, {Describe(answer.Members)}.");
        }

        var found = new Dictionary<string, ClusterMember>(StringComparer.Ordinal);
        foreach (var (name, memberUrls) in cluster.PeerUrls)
        {
            found[name] = await FindAsync(answer.Members, memberUrls) ?? throw new StartException(
                $"error validating peerURLs: the cluster has no member with the peer URLs of {name}, "
                + $"{string.Join(',', memberUrls)}; it has {Describe(answer.Members)}. Add the member first with "
                + "'member add'.");
        }

        if (found.Keys.FirstOrDefault(name => name != settings.Name && found[name] == found[settings.Name]) is { } twin)
        {
            throw new StartException(
                $"error validating peerURLs: the peer URLs of {twin} and of {settings.Name} in --initial-cluster lead to one "
                + $"member, {found[twin].Id}; give each the peer URLs that it was added with.");
        }

        return FoundingOf(answer, settings, found[settings.Name]);
    }

    private static Founding FoundingOf(Answer answer, StoreSettings settings, ClusterMember own)
    {
        if (own.HasStarted)
        {
            throw new StartException(
                $"member {own.Id} has already been bootstrapped, and its data directory {settings.DataDirectory} is empty: "
                + "what it promised is lost. Remove it with 'member remove' and add it again.");
        }

        if (answer.Members.All.FirstOrDefault(member => member.Name == settings.Name) is { } other)
        {
            throw new StartException(
                $"The name \"{settings.Name}\" belongs to the member {other.Id} at {string.Join(',', other.PeerUrls)} "
                + "already; give each member a --name of its own.");
        }

        return new Founding(
            new DirectoryIdentity(answer.ClusterId, own.Id, GroupId.First, answer.Incarnation),
            GroupConfiguration.Unknown,
            answer.Members);
    }

    // Most are written alike; where none is, names are looked up.
    private static async Task<ClusterMember?> FindAsync(ClusterMembers members, IReadOnlyList<string> urls)
    {
        if (members.All.FirstOrDefault(member => member.PeerUrls.ToHashSet().SetEquals(urls)) is { } alike)
        {
            return alike;
        }

        foreach (var member in members.All)
        {
            if (await PeerUrls.AreSameNowAsync(member.PeerUrls, urls, CancellationToken.None))
            {
                return member;
            }
        }

        return null;
    }

    private static string Describe(ClusterMembers members) => string.Join(',', members.All.SelectMany(member =>
        member.PeerUrls.Select(url => $"{(member.HasStarted ? member.Name : member.Id.ToString())}={url}")));

    private static async Task<Answer?> AskAnyAsync(
        IReadOnlyList<string> urls, PeerChannels channels, List<string> reasons)
    {
        using var client = channels.NewClient();
        foreach (var url in urls)
        {
            try
            {
                using var response = await client.GetAsync(new Uri(new Uri(url), "/members"));
                if (response.IsSuccessStatusCode && await ReadAsync(response) is { } answer)
                {
                    return answer;
                }
            }
            catch (Exception away) when (away is HttpRequestException or TaskCanceledException or JsonException)
            {
                // The next one may answer.
                reasons.Add(channels.ExplainEnd(url, away) ?? away.GetBaseException().Message);
            }
        }

        return null;
    }

    private static async Task<Answer?> ReadAsync(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues(ClusterHeader, out var clusters)
            || !ulong.TryParse(clusters.First(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var cluster)
            || !response.Headers.TryGetValues(IncarnationHeader, out var incarnations)
            || !ulong.TryParse(incarnations.First(), CultureInfo.InvariantCulture, out var incarnation))
        {
            return null;
        }

        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var members = json.RootElement.EnumerateArray().Select(member => new ClusterMember(
            new MemberId(member.GetProperty("id").GetUInt64()),
            member.GetProperty("name").GetString() ?? "",
            Texts(member.GetProperty("peerURLs")),
            Texts(member.GetProperty("clientURLs")))
        {
            IsLearner = member.TryGetProperty("isLearner", out var isLearner) && isLearner.GetBoolean(),
        });
        return new Answer(cluster, new Incarnation(incarnation), new ClusterMembers(members));
    }

    private static List<string> Texts(JsonElement list) =>
        [.. list.EnumerateArray().Select(text => text.GetString() ?? "")];
}
