using Sync.Metad.Tests.Running;

namespace Sync.Metad.Tests.Endpoints;

/// <summary>Requests that wait: who is woken, by what, with which answer.</summary>
public sealed class WaitingTests : IAsyncLifetime
{
    private const string Client = "192.168.1.1";

    private MetadServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await MetadServer.StartAsync();
        await _server.BecomeReadyAsync();
        await PutAsync("/nodes/1", """{"ip":"192.168.1.1","name":"node1"}""");
        await RulesAsync("""[{"path":"/","mode":1}]""");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_leaf_wakes_with_its_new_value_and_a_known_version_answers_at_once()
    {
        var waiting = await _server.WaitOnAsync("/nodes/1/ip?wait=true", Client);
        await PutAsync("/nodes/1/ip", "\"192.168.2.1\"");
        var first = await waiting;
        await PutAsync("/nodes/1/ip", "\"192.168.3.1\"");

        var second = await _server.GetAsync($"/nodes/1/ip?wait=true&prev_version={first.Version}", Client);

        (first.Status, first.Body).Should().Be((200, "\"192.168.2.1\""));
        second.Body.Should().Be("192.168.3.1");
        second.Version.Should().BeGreaterThan(first.Version);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/nodes")]
    [InlineData("/nodes/1")]
    [InlineData("/self")]
    [InlineData("/self/node")]
    [InlineData("/self/node/name")]
    [InlineData("/self/slash")]
    [InlineData("/self/dir/n")]
    public async Task Every_place_above_a_change_wakes(string path)
    {
        await _server.WriteAsync("PUT", "/v1/mapping",
            $$$$"""{"{{{{Client}}}}":{"node":"/nodes/1","slash":"/nodes/1/","dir":{"n":"/nodes/2/../1"}}}""");
        var waiting = await _server.WaitOnAsync($"{path}?wait=TRUE", Client);

        await PutAsync("/nodes/1/name", "\"changed\"");

        (await waiting).Body.Should().Contain("changed");
    }

    [Fact]
    public async Task An_absent_path_waits_until_it_is_there_and_hides_nothing_meanwhile()
    {
        var waiting = await _server.WaitOnAsync("/nodes/1/name/x/y?wait=true", Client);
        (await _server.JsonAsync("/nodes/1", Client)).Should().Be("""{"ip":"192.168.1.1","name":"node1"}""");
        (await _server.JsonAsync("/nodes/1/name", Client)).Should().Be("\"node1\"");

        await PutAsync("/nodes/1/name/x/y", "\"here\"");

        (await waiting).Body.Should().Be("\"here\"");
    }

    [Theory]
    [InlineData("/nodes/1/name")]
    [InlineData("/nodes/1")]
    public async Task A_deleted_place_wakes_with_404(string path)
    {
        var waiting = await _server.WaitOnAsync($"{path}?wait=true", Client);

        await _server.WriteAsync("DELETE", $"/v1/data{path}");

        (await waiting).Status.Should().Be(404);
    }

    [Fact]
    public async Task The_same_value_and_changes_elsewhere_wake_nobody()
    {
        var waiting = await _server.WaitOnAsync("/nodes/1/name?wait=true", Client);
        await PutAsync("/nodes/1/name", "\"node1\"");
        await PutAsync("/nodes/1/ip", "\"10.0.0.9\"");
        await PutAsync("/other", "\"x\"");

        var changed = await PutAsync("/nodes/1/name", "\"node1b\"");

        var answer = await waiting;
        answer.Body.Should().Be("\"node1b\"");
        answer.Version.Should().Be(changed.Version, "an earlier wake would have answered with an earlier version");
    }

    [Fact]
    public async Task A_change_that_rules_hide_wakes_nobody()
    {
        await RulesAsync("""[{"path":"/","mode":1},{"path":"/nodes/1/ip","mode":0}]""");
        var waiting = await _server.WaitOnAsync("/nodes?wait=true", Client);
        await PutAsync("/nodes/1/ip", "\"10.0.0.9\"");

        var changed = await PutAsync("/nodes/1/name", "\"seen\"");

        (await waiting).Version.Should().Be(changed.Version);
    }

    [Fact]
    public async Task A_change_of_rules_wakes_the_caller_it_concerns()
    {
        var waiting = await _server.WaitOnAsync("/nodes/1?wait=true", Client);

        await RulesAsync("""[{"path":"/nodes/1/name","mode":1}]""");

        (await waiting).Body.Should().Be("""{"name":"node1"}""");
    }

    [Theory]
    [InlineData("/self", "node")]
    [InlineData("/self/node", "node")]
    [InlineData("/self/node/name", "node")]
    [InlineData("/self/dir", "dir/n")]
    [InlineData("/self/dir/n", "dir/n")]
    [InlineData("/self/dir/n/name", "dir/n")]
    [InlineData("/", "dir/n")]
    public async Task A_change_of_the_mapping_wakes(string path, string name)
    {
        await _server.WriteAsync("PUT", "/v1/data/nodes/2", """{"name":"node2"}""");
        await RulesAsync("""[{"path":"/nodes/1/name","mode":1},{"path":"/nodes/2/name","mode":1}]""");
        await _server.WriteAsync("PUT", "/v1/mapping", $$$$"""{"{{{{Client}}}}":{"node":"/nodes/1","dir":{"n":"/nodes/1"}}}""");
        var waiting = await _server.WaitOnAsync($"{path}?wait=true", Client);

        await _server.WriteAsync("PUT", $"/v1/mapping/{Client}/{name}", "\"/nodes/2\"");

        (await waiting).Body.Should().Contain("node2");
    }

    [Fact]
    public async Task A_name_that_comes_below_an_inner_one_wakes_who_waits_on_that()
    {
        await _server.WriteAsync("PUT", "/v1/mapping", $$$$"""{"{{{{Client}}}}":{"dir":{"n":"/nodes/1/ip"}}}""");
        var waiting = await _server.WaitOnAsync("/self/dir?wait=true", Client);

        await _server.WriteAsync("PUT", $"/v1/mapping/{Client}/dir/m", "\"/nodes/1/name\"");

        (await waiting).Body.Should().Be("""{"m":"node1","n":"192.168.1.1"}""");
    }

    [Fact]
    public async Task A_change_beside_the_next_request_is_never_missed()
    {
        var version = (await _server.GetAsync("/nodes/1/name", Client)).Version;
        for (var round = 0; round < 50; round++)
        {
            // Each caller goes by the version that it knows; its request and the change race over connections of their own.
            var known = version;
            var waiting = Enumerable.Range(0, 8)
                .Select(_ => _server.GetAsync($"/nodes/1?wait=true&prev_version={known}", Client, "Accept: application/json"))
                .ToList();
            await PutAsync("/nodes/1/name", $"\"round {round}\"");

            var answers = await Task.WhenAll(waiting);

            answers.Should().OnlyContain(answer => answer.Body.Contains($"\"round {round}\""));
            version = answers[0].Version;
            answers.Should().OnlyContain(answer => answer.Version == version).And.NotContain(answer => answer.Version == known);
        }
    }

    [Fact]
    public async Task A_deleted_mapping_wakes_with_404()
    {
        await _server.WriteAsync("PUT", "/v1/mapping", $$$"""{"{{{Client}}}":{"node":"/nodes/1"}}""");
        var waiting = await _server.WaitOnAsync("/self?wait=true", Client);

        await _server.WriteAsync("DELETE", $"/v1/mapping/{Client}");

        (await waiting).Status.Should().Be(404);
    }

    [Fact]
    public async Task Both_values_of_one_write_come_in_one_answer()
    {
        await _server.WriteAsync("PUT", "/v1/mapping", $$$"""{"{{{Client}}}":{"node":"/nodes/1"}}""");
        for (var round = 1; round <= 11; round++)
        {
            var waiting = await _server.WaitOnAsync("/self?wait=true", Client);

            await PutAsync("/nodes/1", $$"""{"ip":"ip{{round}}","name":"name{{round}}"}""");

            (await waiting).Body.Should().Be($$$"""{"node":{"ip":"ip{{{round}}}","name":"name{{{round}}}"}}""");
        }
    }

    [Fact]
    public async Task A_target_that_is_missing_is_waited_for()
    {
        await _server.WriteAsync("PUT", "/v1/mapping", $$$"""{"{{{Client}}}":{"a":"/late/1","b":"/late/2"}}""");
        var waiting = await _server.WaitOnAsync("/self/a?wait=true", Client);

        await PutAsync("/late/1", "\"v\"");

        (await waiting).Body.Should().Be("\"v\"");
    }

    [Fact]
    public async Task A_name_that_the_mapping_lacks_is_404_at_once()
    {
        await _server.WriteAsync("PUT", "/v1/mapping", $$$"""{"{{{Client}}}":{"node":"/nodes/1"}}""");

        (await _server.GetAsync("/self/unknown?wait=true", Client)).Status.Should().Be(404);
    }

    [Fact]
    public async Task An_unknown_caller_waits_until_it_is_known()
    {
        var waiting = await _server.WaitOnAsync("/self?wait=true", "10.66.0.1");
        await PutAsync("/nodes/1/name", "\"hidden from it\"");

        await _server.WriteAsync("PUT", "/v1/mapping", """{"10.66.0.1":{"n":"/nodes/1/name"}}""");

        (await waiting).Body.Should().Be("""{"n":"hidden from it"}""");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("junk")]
    [InlineData("")]
    [InlineData("99999999999999999999")]
    public async Task A_version_that_is_none_waits(string version)
    {
        var waiting = await _server.WaitOnAsync($"/nodes/1/name?wait=true&prev_version={version}", Client);

        await PutAsync("/nodes/1/name", "\"woken\"");

        (await waiting).Body.Should().Be("\"woken\"");
    }

    [Fact]
    public async Task A_smaller_and_a_larger_version_are_answered_and_the_equal_one_waits()
    {
        var now = (await _server.GetAsync("/nodes/1/name", Client)).Version;

        var smaller = await _server.GetAsync($"/nodes/1/name?wait=true&prev_version={now - 1}", Client);
        var larger = await _server.GetAsync($"/nodes/1/name?wait=true&prev_version={now + 100}", Client);
        var equal = await _server.WaitOnAsync($"/nodes/1/name?wait=true&prev_version={now}", Client);

        smaller.Version.Should().Be(now);
        larger.Version.Should().Be(now);
        await PutAsync("/nodes/1/name", "\"woken\"");
        (await equal).Body.Should().Be("\"woken\"");
    }

    [Fact]
    public async Task A_waiter_of_a_directory_is_answered_under_steady_writes()
    {
        var waiting = await _server.WaitOnAsync("/nodes?wait=true", Client);
        var writes = 0;
        while (!waiting.IsCompleted)
        {
            await PutAsync("/nodes/1/name", $"\"n{writes++}\"");
            writes.Should().BeLessThan(1000, "the answer must not wait for the writes to end");
        }

        (await waiting).Body.Should().Contain("\"name\":\"n");
    }

    [Fact]
    public async Task A_wait_ends_at_its_own_limit_with_the_data_of_now()
    {
        var now = (await _server.GetAsync("/nodes/1/name", Client)).Version;

        var answer = await _server.GetAsync("/nodes/1/name?wait=true&timeout_sec=1", Client);

        (answer.Status, answer.Body, answer.Version).Should().Be((200, "node1", now));
    }

    [Fact]
    public async Task A_caller_that_leaves_frees_its_place()
    {
        using var left = new CancellationTokenSource();
        var gone = RawClient.SendAsync(
            _server.Port, "GET", "/nodes?wait=true", [$"X-Forwarded-For: {Client}"], cancellationToken: left.Token);
        await _server.UntilWaitersAsync(1);

        await left.CancelAsync();
        await gone.Invoking(async task => await task).Should().ThrowAsync<OperationCanceledException>();

        await _server.UntilWaitersAsync(0);
    }

    [Fact]
    public async Task A_head_request_waits_too()
    {
        var waiting = RawClient.SendAsync(_server.Port, "HEAD", "/nodes/1/name?wait=true", [$"X-Forwarded-For: {Client}"]);
        await _server.UntilWaitersAsync(1);

        var changed = await PutAsync("/nodes/1/name", "\"x\"");

        (await waiting).Version.Should().Be(changed.Version);
    }

    [Fact]
    public async Task A_full_room_refuses_with_429()
    {
        await using var server = await MetadServer.StartAsync("--waiters_max=3", "--waiters_per_client_max=2");
        await server.BecomeReadyAsync();
        var first = await server.WaitOnAsync("/a?wait=true", "10.0.0.1");
        _ = await server.WaitOnAsync("/a?wait=true", "10.0.0.1", waiters: 2);

        var own = await server.GetAsync("/a?wait=true", "10.0.0.1");
        var other = await server.WaitOnAsync("/a?wait=true", "10.0.0.2", waiters: 3);
        var total = await server.GetAsync("/a?wait=true", "10.0.0.3");

        (own.Status, own.Header("retry-after")).Should().Be((429, "1"));
        total.Status.Should().Be(429);
        await server.WriteAsync("PUT", "/v1/rule", """{"*":[{"path":"/","mode":1}]}""");
        await server.WriteAsync("PUT", "/v1/data/a", "\"v\"");
        (await first).Body.Should().Be("\"v\"");
        (await other).Body.Should().Be("\"v\"");
        await server.UntilWaitersAsync(0);
    }

    [Fact]
    public async Task Those_who_wait_are_answered_before_the_program_ends()
    {
        var waiting = await _server.WaitOnAsync("/nodes/1/name?wait=true", Client);

        var exitCode = await _server.StopAsync();

        exitCode.Should().Be(0);
        (await waiting).Body.Should().Be("\"node1\"");
    }

    [Fact]
    public async Task A_thousand_callers_are_woken_by_one_change()
    {
        var waiting = Enumerable.Range(0, 1000)
            .Select(_ => _server.GetAsync("/nodes/1/name?wait=true", Client)).ToList();
        await _server.UntilWaitersAsync(1000);

        await PutAsync("/nodes/1/name", "\"all\"");

        (await Task.WhenAll(waiting)).Should().OnlyContain(answer => answer.Body == "all");
        await _server.UntilWaitersAsync(0);
    }

    private Task<RawAnswer> PutAsync(string path, string json) => _server.WriteAsync("PUT", $"/v1/data{path}", json);

    private Task<RawAnswer> RulesAsync(string rules) =>
        _server.WriteAsync("PUT", "/v1/rule", $$$"""{"{{{Client}}}":{{{rules}}}}""");
}
