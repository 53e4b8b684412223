using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Mvcc;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Watching;
using Sync.Store.Rpc;
using Sync.Store.Watching;
using Sync.TestKit;
using WatchRequest = Sync.Mvcc.Watching.WatchRequest;

namespace Sync.Store.Tests.Rpc;

public sealed class WatchResponseWriterTests : IDisposable
{
    private const int ValueBytes = 40_000;

    private readonly QuietMember _member = new();
    private readonly WatchInbox _inbox = new();
    private readonly WatchSession _session = new();

    public void Dispose()
    {
        _session.Dispose();
        _member.Dispose();
    }

    [Fact]
    public async Task Room_comes_back_as_responses_are_flushed_and_the_others_wait_for_the_client()
    {
        var queued = Queue(ValueBytes, responses: 10);
        var client = new SlowClient(flushesTaken: 1);
        var writer = new WatchResponseWriter(client, _member.Headers, _member.Settings.MessageBytesMax);

        var writing = writer.WriteAllAsync(_session, _inbox, Deadline.Default);

        var room = await _inbox.Inputs.ReadAsync(Deadline.Default);
        room.Should().Be(new WatchInput.AddRoom(_session, 2, queued[0].Notice.Bytes + queued[1].Notice.Bytes));
        await client.AwaitStallAsync();
        client.Hints.Should().Equal([true, false, true, false], "no more than two responses lie unflushed");
        _session.End();
        client.Read();
        await writing;
        client.Hints.Should().HaveCount(10);
        Rest().Should().Be((8, queued.Skip(2).Sum(delivery => delivery.Notice.Bytes)));
    }

    [Fact]
    public async Task Small_responses_that_wait_are_flushed_together()
    {
        var queued = Queue(valueBytes: 10, responses: 100);
        _session.End();
        var client = new SlowClient(flushesTaken: 1);
        var writer = new WatchResponseWriter(client, _member.Headers, _member.Settings.MessageBytesMax);

        await writer.WriteAllAsync(_session, _inbox, Deadline.Default);

        client.Hints.Should().HaveCount(100).And.ContainSingle(hint => !hint);
        client.Hints[^1].Should().BeFalse();
        Rest().Should().Be((100, queued.Sum(delivery => delivery.Notice.Bytes)));
    }

    private List<WatchDelivery> Queue(int valueBytes, int responses)
    {
        var hub = new WatchHub(new WatchSettings(), Revision.Fresh, new Random(1));
        hub.Create(hub.OpenStream(), new WatchRequest(KeyRange.All), _member.Keyspace.View, nowMilliseconds: 0);
        _member.Put(Enumerable.Range(0, responses).Select(number => $"k{number}"), valueBytes);
        var deliveries = new List<WatchDelivery>();
        hub.Advance(_member.Keyspace.View, nowMilliseconds: 0, workMax: 1000, deliveries);
        deliveries.ForEach(delivery => _session.Queue(delivery, fragments: false));
        return deliveries;
    }

    private (int Responses, long Bytes) Rest()
    {
        var (responses, bytes) = (0, 0L);
        while (_inbox.Inputs.TryRead(out var input))
        {
            var room = input.Should().BeOfType<WatchInput.AddRoom>().Subject;
            (responses, bytes) = (responses + room.Responses, bytes + room.Bytes);
        }

        return (responses, bytes);
    }

    /// <summary>A client that takes some flushes and then stalls until it reads again.</summary>
    private sealed class SlowClient(int flushesTaken) : IServerStreamWriter<WatchResponse>
    {
        private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _reads = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _flushesLeft = flushesTaken;

        public WriteOptions? WriteOptions { get; set; }

        /// <summary>For each response whether it was only buffered.</summary>
        public List<bool> Hints { get; } = [];

        public Task AwaitStallAsync() => _stalled.Task.WaitAsync(Deadline.Default);

        public void Read() => _reads.SetResult();

        public async Task WriteAsync(WatchResponse message)
        {
            var isBuffered = WriteOptions?.Flags.HasFlag(WriteFlags.BufferHint) == true;
            Hints.Add(isBuffered);
            if (!isBuffered && _flushesLeft-- == 0)
            {
                _stalled.SetResult();
                await _reads.Task.WaitAsync(Deadline.Default);
            }
        }

        public Task WriteAsync(WatchResponse message, CancellationToken cancellationToken) => WriteAsync(message);
    }
}
