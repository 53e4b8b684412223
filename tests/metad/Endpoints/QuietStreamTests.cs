using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Endpoints;

/// <summary>Streams on which nothing happens: they stay open, and their readers keep their place.</summary>
public sealed class QuietStreamTests : IDisposable
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();
    private readonly LocalFeed _local;
    private readonly Pipe _pipe = new();
    private readonly StreamReader _lines;

    public QuietStreamTests()
    {
        _local = new(_time);
        _lines = new(_pipe.Reader.AsStream());
    }

    public void Dispose()
    {
        _lines.Dispose();
        _local.Dispose();
    }

    [Fact]
    public async Task A_quiet_reader_keeps_its_place_however_much_changes_elsewhere()
    {
        await _local.StartAsync();
        _local.Write(("/d/a", "1"));
        Stream();
        (await BlockAsync()).Should().Equal("retry: 2000");
        (await BlockAsync()).Should().Equal("event: snapshot", "id: 1", """data: {"a":"1"}""");
        for (var number = 0; number < 500; number++)
        {
            _local.Write(("/elsewhere", $"{number}"));
        }

        // The room compares in its own time, so an early one may still carry an earlier revision.
        string[] quiet;
        do
        {
            quiet = await QuietBlockAsync();
        }
        while (quiet[1] != "id: 501");

        quiet.Should().Equal(": quiet", "id: 501");
        _local.Write(("/d/a", "2"));

        // While the clock was moved the stream may have been quiet more often than was read.
        string[] block;
        while ((block = await BlockAsync())[0] == ": quiet")
        {
            block.Should().Equal(": quiet", "id: 501");
        }

        block.Should().Equal("event: put", "id: 502", """data: {"path":"/a","value":"2"}""");
        _local.ReadStream("/d", lastEvent: 501).Should().Be(
            "retry: 2000\n\nevent: put\nid: 502\ndata: {\"path\":\"/a\",\"value\":\"2\"}\n\n");
    }

    [Fact]
    public void A_reader_that_comes_back_to_what_it_has_is_given_its_new_place_and_no_event()
    {
        _local.Write(("/d/a", "1"));
        _local.Write(("/elsewhere", "x"));

        _local.ReadStream("/d", lastEvent: 1).Should().Be("retry: 2000\n\n: quiet\nid: 2\n\n");
    }

    [Fact]
    public async Task A_quiet_stream_stays_one_who_waits()
    {
        await _local.StartAsync();
        _local.Write(("/d/a", "1"));
        Stream();
        await BlockAsync();
        await BlockAsync();

        for (var round = 0; round < 5; round++)
        {
            await QuietBlockAsync();
            _local.Room.Count.Should().Be(1);
        }
    }

    private void Stream() =>
        _ = _local.Ask("/d", _pipe.Writer.AsStream(), default, ("Accept", "text/event-stream")).Answered;

    // The clock is moved until the stream has come to look at it.
    private async Task<string[]> QuietBlockAsync()
    {
        var limit = Deadline.In(TimeSpan.FromSeconds(60));
        var block = BlockAsync();
        while (!block.IsCompleted)
        {
            _time.Advance(Silence);
            await Task.Yield();
            limit.ThrowIfCancellationRequested();
        }

        return await block;
    }

    private async Task<string[]> BlockAsync()
    {
        var lines = new List<string>();
        while (await _lines.ReadLineAsync(Deadline.In(TimeSpan.FromSeconds(60))) is { Length: > 0 } line)
        {
            lines.Add(line);
        }

        return [.. lines];
    }
}
