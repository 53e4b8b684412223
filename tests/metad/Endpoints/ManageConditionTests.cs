using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Endpoints;

/// <summary>Writes under conditions, writes that are only tried, and several writes as one; over every kind of backend.</summary>
public sealed class ManageConditionTests : OnAnyBackend
{
    private const string Client = "10.4.0.1";

    [Theory]
    [InlineData(Local)]
    [InlineData(JsonFile)]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task A_write_under_a_version_happens_only_while_the_place_is_as_it_was(string backend)
    {
        await StartAsync(backend, "--default_access=read");
        await Server.WriteAsync("PUT", "/v1/data/d", """{"a":"1","b":"1"}""");
        var read = (await Server.ManageAsync("GET", "/v1/data/d")).Version;
        await Server.WriteAsync("PUT", "/v1/data/elsewhere", "\"x\"");

        var first = await Server.ManageAsync("PUT", "/v1/data/d", """{"a":"2"}""", $"If-Match: \"{read}\"");
        var late = await Server.ManageAsync("PUT", "/v1/data/d", """{"a":"3"}""", $"If-Match: {read}");

        first.Status.Should().Be(200, first.Body);
        late.Status.Should().Be(412);
        (await Server.JsonAsync("/d", Client)).Should().Be("""{"a":"2","b":"1"}""");
    }

    [Theory]
    [InlineData(Local)]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task A_removal_and_an_addition_since_then_are_seen_too(string backend)
    {
        await StartAsync(backend, "--default_access=read");
        await Server.WriteAsync("PUT", "/v1/data/d", """{"a":"1","b":"1"}""");
        var read = (await Server.ManageAsync("GET", "/v1/data/d")).Version;
        await Server.WriteAsync("DELETE", "/v1/data/d/b");
        var removed = await Server.ManageAsync("PUT", "/v1/data/d/a", "\"2\"", $"If-Match: {read}");
        var whole = await Server.ManageAsync("POST", "/v1/data/d", """{"a":"2"}""", $"If-Match: {read}");

        var second = (await Server.ManageAsync("GET", "/v1/data/d")).Version;
        await Server.WriteAsync("PUT", "/v1/data/d/c", "\"new\"");
        var added = await Server.ManageAsync("DELETE", "/v1/data/d", null, $"If-Match: {second}");

        removed.Status.Should().Be(200, "the value at the place itself had not changed");
        whole.Status.Should().Be(412);
        added.Status.Should().Be(412);
    }

    [Theory]
    [InlineData(Local)]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task A_place_can_be_required_to_be_there_or_not(string backend)
    {
        await StartAsync(backend, "--default_access=read");

        var created = await Server.ManageAsync("PUT", "/v1/mapping/10.0.0.9", """{"n":"/d"}""", "If-None-Match: *");
        var again = await Server.ManageAsync("PUT", "/v1/mapping/10.0.0.9", """{"n":"/e"}""", "If-None-Match: *");
        var absent = await Server.ManageAsync("PUT", "/v1/rule", """{"10.0.0.9":[]}""", "If-Match: *");
        var there = await Server.ManageAsync("PUT", "/v1/mapping/10.0.0.9", """{"n":"/f"}""", "If-Match: *");

        new[] { created.Status, again.Status, absent.Status, there.Status }.Should().Equal(200, 412, 412, 200);
        (await Server.ManageAsync("GET", "/v1/mapping/10.0.0.9/n")).Body.Should().Be("/f");
    }

    [Fact]
    public async Task A_condition_that_cannot_be_read_or_kept_is_refused()
    {
        await StartAsync(Local, "--default_access=read");
        await Server.WriteAsync("PUT", "/v1/data/many", $"{{{string.Join(',', Enumerable.Range(0, 200).Select(n => $"\"{n}\":\"v\""))}}}");
        var version = (await Server.ManageAsync("GET", "/v1/data/many")).Version;

        var junk = await Server.ManageAsync("PUT", "/v1/data/x", "\"v\"", "If-Match: \"abc\"");
        var old = await Server.ManageAsync("PUT", "/v1/data/x", "\"v\"", "If-Match: 0");
        var many = await Server.ManageAsync("DELETE", "/v1/data/many", null, $"If-Match: {version}");

        new[] { junk.Status, old.Status, many.Status }.Should().Equal(400, 412, 400);
        (await Server.ManageAsync("GET", "/v1/data/x")).Status.Should().Be(404);
    }

    [Fact]
    public async Task A_trial_tells_the_changes_and_makes_none()
    {
        await StartAsync(Local, "--default_access=read");
        await Server.WriteAsync("PUT", "/v1/data/d", """{"a":"1","b":{"c":"2"},"same":"s"}""");
        var before = await Server.ManageAsync("GET", "/v1/data");

        var replaced = await Server.ManageAsync(
            "POST", "/v1/data/d?dry_run=true", """{"a":"changed","same":"s"}""", "Accept: application/json");
        var deleted = await Server.ManageAsync("DELETE", "/v1/data/d?subs=b&dry_run=true");
        var refused = await Server.ManageAsync("PUT", "/v1/data/d?dry_run=true", "{broken");

        replaced.Body.Should().Be($$"""
            {"dry_run":true,"revision":{{before.Version}},"transactions":1,"changes":[{"key":"/d/a","value":"changed"},{"key":"/d/b/c","value":null}]}
            """.Trim());
        deleted.Body.Should().Be("delete\t/d/b/c\n");
        refused.Status.Should().Be(400);
        var after = await Server.ManageAsync("GET", "/v1/data");
        (after.Body, after.Version).Should().Be((before.Body, before.Version));
    }

    [Theory]
    [InlineData("dry_run")]
    [InlineData("dry_run=1")]
    [InlineData("dry_run=yes")]
    public async Task A_trial_that_is_not_understood_writes_nothing(string query)
    {
        await StartAsync(Local, "--default_access=read");

        var refused = await Server.ManageAsync("PUT", $"/v1/data/d?{query}", "\"1\"");
        var written = await Server.ManageAsync("PUT", "/v1/data/e?dry_run=FALSE", "\"1\"");

        (refused.Status, refused.Body).Should().Be((400, "dry_run should be true or false; nothing was written\n"));
        (await Server.ManageAsync("GET", "/v1/data")).Body.Should().Be("/e\t1\n", written.Body);
    }

    [Fact]
    public async Task A_trial_asks_its_condition_too()
    {
        await StartAsync(Local, "--default_access=read");
        await Server.WriteAsync("PUT", "/v1/data/d", "\"1\"");
        var read = (await Server.ManageAsync("GET", "/v1/data/d")).Version;
        var holds = await Server.ManageAsync("PUT", "/v1/data/d?dry_run=true", "\"2\"", $"If-Match: {read}");
        await Server.WriteAsync("PUT", "/v1/data/d", "\"other\"");

        var fails = await Server.ManageAsync("PUT", "/v1/data/d?dry_run=true", "\"2\"", $"If-Match: {read}");

        (holds.Status, fails.Status).Should().Be((200, 412));
    }

    [Theory]
    [InlineData(Local)]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task Data_mapping_and_rules_are_written_in_one_revision(string backend)
    {
        await StartAsync(backend, "--default_access=read");
        await Server.WriteAsync("PUT", "/v1/data", """{"old":"x","nodes":{"1":{"gone":"y"}}}""");
        await Server.WriteAsync("PUT", "/v1/rule", """{"10.0.0.2":[]}""");
        var before = (await Server.ManageAsync("GET", "/v1/data")).Version;

        var written = await Server.WriteAsync("POST", "/v1/transaction", """
            {"data":{"put":{"/a":"1"},"post":{"/nodes/1":{"name":"n1"}},"delete":["/old"]},
             "mapping":{"put":{"/10.0.0.1":{"node":"/nodes/1"}}},
             "rule":{"put":{"10.0.0.1":[{"path":"/nodes","mode":1}]},"delete":["10.0.0.2"]}}
            """);

        written.Header("x-metad-revision").Should().Be($"{before + 1}");
        (await Server.JsonAsync("/", "10.0.0.1")).Should().Be("""{"nodes":{"1":{"name":"n1"}},"self":{"node":{"name":"n1"}}}""");
        (await Server.ManageAsync("GET", "/v1/data", null, "Accept: application/json")).Body
            .Should().Be("""{"a":"1","nodes":{"1":{"name":"n1"}}}""");
        (await Server.ManageAsync("GET", "/v1/rule", null, "Accept: application/json")).Body.Should().NotContain("10.0.0.2");
    }

    [Theory]
    [InlineData("""{"data":{"put":{"/a":"1"}},"mapping":{"put":{"/10.0.0.1":{"n":"no path"}}}}""", "mapping's value should be path .")]
    [InlineData("""{"data":{"put":{"/a":"1"},"delete":["/a"]}}""", "sets /a and sets or removes it again")]
    [InlineData("""{"data":{"put":{"a":"1"}}}""", "must begin with a slash")]
    [InlineData("""{"data":{"put":{"/../a":"1"}}}""", "must not have . or ..")]
    [InlineData("""{"data":{"patch":{}}}""", "patch is not put or post")]
    [InlineData("""{"other":{}}""", "other is not data, mapping or rule")]
    [InlineData("[]", "an object with data, mapping and rule is wanted")]
    [InlineData("", "EOF")]
    public async Task A_transaction_with_a_fault_does_nothing(string body, string problem)
    {
        await StartAsync(Local, "--default_access=read");

        var answer = await Server.ManageAsync("POST", "/v1/transaction", body);

        answer.Status.Should().Be(400);
        answer.Body.Should().Contain(problem);
        (await Server.ManageAsync("GET", "/v1/data/a")).Status.Should().Be(404);
    }

    [Fact]
    public async Task A_transaction_holds_128_operations_and_not_one_more()
    {
        await StartAsync(Local, "--default_access=read");

        var most = await Server.ManageAsync("POST", "/v1/transaction", Puts(128));
        var more = await Server.ManageAsync("POST", "/v1/transaction", Puts(129));

        (most.Status, more.Status).Should().Be((200, 400));

        static string Puts(int count)
        {
            var values = string.Join(',', Enumerable.Range(0, count).Select(n => $"\"/t/{n}\":\"{count}\""));
            return $"{{\"data\":{{\"put\":{{{values}}}}}}}";
        }
    }

    [Fact]
    public async Task Of_many_writers_under_one_version_one_writes()
    {
        await StartAsync(Local, "--default_access=read");
        await Server.WriteAsync("PUT", "/v1/data/d", "\"0\"");
        var read = (await Server.ManageAsync("GET", "/v1/data/d")).Version;

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(writer =>
            Server.ManageAsync("PUT", "/v1/data/d", $"\"{writer}\"", $"If-Match: {read}")));

        answers.Count(answer => answer.Status == 200).Should().Be(1);
        answers.Count(answer => answer.Status == 412).Should().Be(19);
    }
}
