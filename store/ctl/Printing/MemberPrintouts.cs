using Google.Protobuf;
using Sync.Etcd.Api;

namespace Sync.Store.Ctl.Printing;

/// <summary>The answers of the member commands.</summary>
internal static class MemberPrintouts
{
    private static readonly string[] Titles =
        ["ID", "STATUS", "NAME", "PEER ADDRS", "CLIENT ADDRS", "IS LEARNER"];

    public static Printout Add(MemberAddResponse answer) => Printout.Of(answer) with
    {
        Simple = text => text.Line(
            $"Member {Id(answer.Member.ID)} added {(answer.Member.IsLearner ? "as learner " : "")}to cluster "
            + Id(answer.Header.ClusterId)),
    };

    /// <summary>The variables that a new member is started with.</summary>
    public static Printout StartOf(string name, MemberAddResponse answer) => new()
    {
        Simple = text =>
        {
            var cluster = answer.Members.SelectMany(member => member.PeerURLs.Select(url =>
                $"{(member.ID == answer.Member.ID ? name : member.Name)}={url}"));
            text.Line("");
            text.Line($"ETCD_NAME={GoText.Quote(name)}");
            text.Line($"ETCD_INITIAL_CLUSTER={GoText.Quote(string.Join(',', cluster))}");
            text.Line(
                $"ETCD_INITIAL_ADVERTISE_PEER_URLS={GoText.Quote(string.Join(',', answer.Member.PeerURLs))}");
            text.Line("ETCD_INITIAL_CLUSTER_STATE=\"existing\"");
        },
    };

    public static Printout Changed(string how, ulong id, ResponseHeader header, IMessage answer) =>
        Printout.Of(answer) with
        {
            Simple = text => text.Line($"Member {Id(id)} {how} cluster {Id(header.ClusterId)}"),
        };

    public static Printout List(MemberListResponse answer) => Printout.Of(answer) with
    {
        Simple = text => Rows(answer).ForEach(row => text.Line(string.Join(", ", row))),
        Table = () => FramedTable.Draw(Titles, Rows(answer)),
        Fields = text =>
        {
            text.Header(answer.Header);
            foreach (var member in answer.Members)
            {
                text.Field("ID", member.ID);
                text.Field("Name", member.Name);
                member.PeerURLs.ToList().ForEach(url => text.Field("PeerURL", url));
                member.ClientURLs.ToList().ForEach(url => text.Field("ClientURL", url));
                text.Field("IsLearner", member.IsLearner);
                text.Line("");
            }
        },
    };

    private static List<string[]> Rows(MemberListResponse answer) =>
        [.. answer.Members.Select(member => new[]
        {
            GoText.Id(member.ID),
            member.Name.Length == 0 ? "unstarted" : "started",
            member.Name,
            string.Join(',', member.PeerURLs),
            string.Join(',', member.ClientURLs),
            member.IsLearner ? "true" : "false",
        })];

    private static string Id(ulong id) => GoText.Id(id).PadLeft(16);
}
