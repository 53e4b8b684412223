using Sync.Etcd.Api;

namespace Sync.Store.Ctl.Printing;

/// <summary>The answers of <c>put</c>, <c>get</c>, <c>del</c>, <c>txn</c> and <c>watch</c>.</summary>
internal static class KeyPrintouts
{
    public static Printout Put(PutResponse answer) => Printout.Of(answer) with
    {
        Simple = text =>
        {
            text.Line("OK");
            SimplePairs(text, answer.PrevKv is null ? [] : [answer.PrevKv]);
        },
        Fields = text =>
        {
            text.Header(answer.Header);
            if (answer.PrevKv is not null)
            {
                text.Pair("Prev", answer.PrevKv);
            }
        },
    };

    public static Printout Get(RangeResponse answer, bool isValuesOnly = false) => Printout.Of(answer) with
    {
        Simple = text =>
        {
            if (isValuesOnly)
            {
                answer.Kvs.ToList().ForEach(pair => text.Line(pair.Value));
            }
            else
            {
                SimplePairs(text, answer.Kvs);
            }
        },
        Fields = text =>
        {
            text.Header(answer.Header);
            answer.Kvs.ToList().ForEach(pair => text.Pair("", pair));
            text.Field("More", answer.More);
            text.Field("Count", answer.Count);
        },
    };

    public static Printout Delete(DeleteRangeResponse answer) => Printout.Of(answer) with
    {
        Simple = text =>
        {
            text.Line($"{answer.Deleted}");
            SimplePairs(text, answer.PrevKvs);
        },
        Fields = text =>
        {
            text.Header(answer.Header);
            text.Field("Deleted", answer.Deleted);
            answer.PrevKvs.ToList().ForEach(pair => text.Pair("Prev", pair));
        },
    };

    public static Printout Transaction(TxnResponse answer) => Printout.Of(answer) with
    {
        Simple = text =>
        {
            text.Line(answer.Succeeded ? "SUCCESS" : "FAILURE");
            foreach (var response in answer.Responses)
            {
                text.Line("");
                Of(response).Simple?.Invoke(text);
            }
        },
        Fields = text =>
        {
            text.Header(answer.Header);
            text.Field("Succeeded", answer.Succeeded);
            answer.Responses.ToList().ForEach(response => Of(response).Fields?.Invoke(text));
        },
    };

    public static Printout Watch(WatchResponse answer) => new()
    {
        Protobuf = answer,
        Json = () => GoJson.Object(
        [
            ("Header", GoJson.Of(answer.Header)),
            ("Events", GoJson.Array(answer.Events.Select(GoJson.Of))),
            ("CompactRevision", $"{answer.CompactRevision}"),
            ("Canceled", answer.Canceled ? "true" : "false"),
            ("Created", answer.Created ? "true" : "false"),
        ]),
        Simple = text =>
        {
            foreach (var happened in answer.Events)
            {
                text.Line(TypeOf(happened));
                SimplePairs(text, happened.PrevKv is null ? [happened.Kv] : [happened.PrevKv, happened.Kv]);
            }
        },
        Fields = text =>
        {
            text.Header(answer.Header);
            foreach (var happened in answer.Events)
            {
                text.Line($"\"Type\" : {TypeOf(happened)}");
                if (happened.PrevKv is not null)
                {
                    text.Pair("Prev", happened.PrevKv);
                }

                text.Pair("", happened.Kv);
            }
        },
    };

    /// <summary>What happened, in the tools' words.</summary>
    public static string TypeOf(Event happened) =>
        happened.Type == Event.Types.EventType.Put ? "PUT" : "DELETE";

    private static Printout Of(ResponseOp response) => response.ResponseCase switch
    {
        ResponseOp.ResponseOneofCase.ResponseRange => Get(response.ResponseRange),
        ResponseOp.ResponseOneofCase.ResponsePut => Put(response.ResponsePut),
        ResponseOp.ResponseOneofCase.ResponseDeleteRange => Delete(response.ResponseDeleteRange),
        ResponseOp.ResponseOneofCase.ResponseTxn => Transaction(response.ResponseTxn),
        _ => throw new InvalidDataException("A transaction's answer holds nothing."),
    };

    private static void SimplePairs(OutputText text, IEnumerable<KeyValue> pairs)
    {
        foreach (var pair in pairs)
        {
            text.Line(pair.Key);
            text.Line(pair.Value);
        }
    }
}
