using System.Globalization;
using Sync.Metad.Tests.Running;

namespace Sync.Metad.Tests.Endpoints;

/// <summary>Server-sent events: what begins a stream, what follows, and how one goes on after a break.</summary>
public sealed class EventStreamTests : IAsyncLifetime
{
    private const string Client = "10.3.0.1";

    private MetadServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await MetadServer.StartAsync();
        await _server.BecomeReadyAsync();
        await _server.WriteAsync("PUT", "/v1/data/d", """{"a":"1","b":{"c":"2"}}""");
        await _server.WriteAsync("PUT", "/v1/rule", $$"""{"{{Client}}":[{"path":"/d","mode":1},{"path":"/d/hidden","mode":0}]}""");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_stream_begins_with_a_snapshot_and_goes_on_with_changes()
    {
        using var events = await EventReader.OpenAsync(_server, "/d", Client);
        events.Answer.Content.Headers.ContentType!.MediaType.Should().Be("text/event-stream");
        var snapshot = await events.NextAsync();

        var changed = await _server.WriteAsync("POST", "/v1/data/d", """{"a":"1","b":"was a directory","new":"3"}""");

        snapshot.Should().Be(new ReceivedEvent("snapshot", snapshot!.Id, """{"a":"1","b":{"c":"2"}}"""));
        (await events.NextAsync()).Should().Be(new ReceivedEvent("delete", null, """{"path":"/b/c"}"""));
        (await events.NextAsync()).Should().Be(new ReceivedEvent("put", null, """{"path":"/b","value":"was a directory"}"""));
        (await events.NextAsync()).Should().Be(
            new ReceivedEvent("put", changed.Header("x-metad-revision"), """{"path":"/new","value":"3"}"""));
    }

    [Fact]
    public async Task A_reader_that_comes_back_gets_what_it_missed_and_no_snapshot()
    {
        long last;
        using (var first = await EventReader.OpenAsync(_server, "/d", Client))
        {
            last = long.Parse((await first.NextAsync())!.Id!, CultureInfo.InvariantCulture);
        }

        await _server.WriteAsync("PUT", "/v1/data/d/a", "\"2\"");
        await _server.WriteAsync("PUT", "/v1/data/elsewhere", "\"x\"");
        await _server.WriteAsync("DELETE", "/v1/data/d/b");

        using var again = await EventReader.OpenAsync(_server, "/d", Client, last);
        (await again.NextAsync()).Should().Be(new ReceivedEvent("put", null, """{"path":"/a","value":"2"}"""));
        var end = await again.NextAsync();

        end.Should().Be(new ReceivedEvent("delete", end!.Id, """{"path":"/b/c"}"""));
        long.Parse(end.Id!, CultureInfo.InvariantCulture).Should().BeGreaterThan(last);
    }

    [Theory]
    [InlineData(999_999)]
    [InlineData(0)]
    public async Task A_revision_that_is_not_known_begins_anew(long lastEvent)
    {
        using var events = await EventReader.OpenAsync(_server, "/d", Client, lastEvent);

        (await events.NextAsync())!.Name.Should().Be("snapshot");
    }

    [Fact]
    public async Task Hidden_changes_are_not_told_and_rules_are_changes_too()
    {
        using var events = await EventReader.OpenAsync(_server, "/d", Client);
        await events.NextAsync();
        await _server.WriteAsync("PUT", "/v1/data/d/hidden", "\"s\"");

        await _server.WriteAsync("PUT", "/v1/rule", $$"""{"{{Client}}":[{"path":"/d/a","mode":1}]}""");

        (await events.NextAsync())!.Data.Should().Be("""{"path":"/b/c"}""");
    }

    [Fact]
    public async Task An_absent_place_is_null_until_it_is_there()
    {
        using var events = await EventReader.OpenAsync(_server, "/d/late", Client);
        (await events.NextAsync())!.Data.Should().Be("null");

        await _server.WriteAsync("PUT", "/v1/data/d/late", "\"here\"");

        (await events.NextAsync())!.Data.Should().Be("""{"path":"","value":"here"}""");
    }

    [Fact]
    public async Task An_unknown_caller_is_404()
    {
        using var events = await EventReader.OpenAsync(_server, "/d", "10.99.0.1");

        ((int)events.Answer.StatusCode).Should().Be(404);
    }

    [Fact]
    public async Task A_stream_takes_a_place_among_those_who_wait_and_ends_with_the_program()
    {
        using var events = await EventReader.OpenAsync(_server, "/d", Client);
        await events.NextAsync();
        await _server.UntilWaitersAsync(1);

        var exitCode = await _server.StopAsync();

        exitCode.Should().Be(0);
        (await events.NextAsync()).Should().BeNull();
    }
}
