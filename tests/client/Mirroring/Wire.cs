using Google.Protobuf;
using Sync.Etcd.Api;

namespace Sync.Etcd.Client.Tests.Mirroring;

/// <summary>Answers of a server, as a test would write them down.</summary>
internal static class Wire
{
    public static Event Put(string key, long revision, string value = "") => new()
    {
        Type = Event.Types.EventType.Put,
        Kv = new KeyValue
        {
            Key = ByteString.CopyFromUtf8(key),
            Value = ByteString.CopyFromUtf8(value),
            CreateRevision = revision,
            ModRevision = revision,
            Version = 1,
        },
    };

    public static Event Delete(string key, long revision) => new()
    {
        Type = Event.Types.EventType.Delete,
        Kv = new KeyValue { Key = ByteString.CopyFromUtf8(key), ModRevision = revision },
    };

    public static WatchResponse Answer(params Event[] events) => new()
    {
        Header = new ResponseHeader { Revision = events.Length == 0 ? 0 : events[^1].Kv.ModRevision },
        Events = { events },
    };

    public static WatchResponse Progress(long revision) => new()
    {
        Header = new ResponseHeader { Revision = revision },
    };

    public static WatchResponse Fragment(params Event[] events)
    {
        var answer = Answer(events);
        answer.Fragment = true;
        return answer;
    }
}
