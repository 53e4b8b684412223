using Google.Protobuf;
using Grpc.Core;
using Sync.Etcd.Api;
using Sync.TestKit;

namespace Sync.Conformance.Tests.Servers;

/// <summary>A stream of watches, in the wire's own messages.</summary>
public sealed class WatchDialogue(AsyncDuplexStreamingCall<WatchRequest, WatchResponse> call) : IDisposable
{
    /// <summary>Asks for a watch and takes the answer that it stands.</summary>
    public async Task<WatchResponse> CreateAsync(WatchCreateRequest request)
    {
        await call.RequestStream.WriteAsync(new WatchRequest { CreateRequest = request });
        return await NextAsync();
    }

    /// <summary>Watches a key, or a range.</summary>
    public Task<WatchResponse> CreateAsync(string key, string end = "", long start = 0) =>
        CreateAsync(new WatchCreateRequest
        {
            Key = ByteString.CopyFromUtf8(key),
            RangeEnd = ByteString.CopyFromUtf8(end),
            StartRevision = start,
        });

    /// <summary>Asks for the end of a watch.</summary>
    public Task CancelAsync(long watchId) => call.RequestStream.WriteAsync(
        new WatchRequest { CancelRequest = new WatchCancelRequest { WatchId = watchId } });

    /// <summary>Asks how far the watches are.</summary>
    public Task AskProgressAsync() => call.RequestStream.WriteAsync(
        new WatchRequest { ProgressRequest = new WatchProgressRequest() });

    /// <summary>The next answer of any watch.</summary>
    public async Task<WatchResponse> NextAsync()
    {
        (await call.ResponseStream.MoveNext(Deadline.Default)).Should().BeTrue("the stream goes on");
        return call.ResponseStream.Current;
    }

    /// <summary>The next events, however many answers they come in.</summary>
    public async Task<List<Event>> EventsAsync(int count)
    {
        var events = new List<Event>();
        while (events.Count < count)
        {
            events.AddRange((await NextAsync()).Events);
        }

        events.Should().HaveCount(count);
        return events;
    }

    /// <inheritdoc/>
    public void Dispose() => call.Dispose();
}
