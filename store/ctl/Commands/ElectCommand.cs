using System.CommandLine;
using Sync.Etcd.Api;
using Sync.Etcd.Client.Keys;
using Sync.Store.Ctl.Options;
using Sync.Store.Ctl.Printing;

namespace Sync.Store.Ctl.Commands;

/// <summary><c>elect</c>: stands for an office, or tells who holds it. Source: etcdctl, command <c>elect</c>.</summary>
internal static class ElectCommand
{
    public static Command Create(CommandRunner runner)
    {
        var listen = CommandRunner.Switch("--listen", "Only shows each leader and what it proposes.", "-l");
        return runner.Command(
            "elect name [proposal]", "Leads with a proposal until SIGINT or SIGTERM, once it is elected.", [listen],
            async (session, parsed, words) =>
            {
                switch (words, parsed.GetValue(listen))
                {
                    case ([var name], true):
                        await ListenAsync(session, name);
                        break;
                    case ([var name, var proposal], false):
                        await Candidacy.RunAsync(
                            session, name, proposal, Candidacy.TtlDefault,
                            candidacy => candidacy.HoldAsync("elect: session expired"));
                        break;
                    case ([_], false):
                        throw ControlFailure.Arguments("no proposal argument but -l not set");
                    case ([_, _], true):
                        throw ControlFailure.Arguments("proposal given but -l is set");
                    default:
                        throw ControlFailure.Arguments(
                            "elect takes one election name argument and an optional proposal argument");
                }
            });
    }

    // To be told to end is how this command ends.
    private static async Task ListenAsync(ControlSession session, string name)
    {
        try
        {
            await ShowLeadersAsync(session, name);
        }
        catch (Exception error) when (session.IsEnd(error))
        {
            return;
        }
    }

    private static async Task ShowLeadersAsync(ControlSession session, string name)
    {
        StoredPair? shown = null;
        await foreach (var update in session.Client.Mirror([KeyRange.Prefix(name + "/")]).FollowAsync(session.Cancellation))
        {
            if (Candidacy.KeysOf(update) is { } keys
                && keys.Pairs.Values.MinBy(pair => pair.CreateRevision) is { } leader
                && leader != shown)
            {
                shown = leader;
                await session.PrintAsync(KeyPrintouts.Get(await AnswerAsync(session, leader, keys.Revision)));
            }
        }
    }

    // What was shown may have changed since, so the store is asked for nothing but the header.
    private static async Task<RangeResponse> AnswerAsync(ControlSession session, StoredPair leader, long revision)
    {
        var answer = await session.Client.Kv.RangeAsync(
            new RangeRequest { Key = leader.Key, CountOnly = true }, cancellationToken: session.Cancellation);
        answer.Header.Revision = revision;
        return new RangeResponse { Header = answer.Header, Kvs = { Wire(leader) } };
    }

    private static KeyValue Wire(StoredPair pair) => new()
    {
        Key = pair.Key,
        Value = pair.Value,
        CreateRevision = pair.CreateRevision,
        ModRevision = pair.ModRevision,
        Version = pair.Version,
        Lease = pair.LeaseId,
    };
}
