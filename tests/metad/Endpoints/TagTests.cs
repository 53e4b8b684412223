using Sync.Metad.Tests.Running;

namespace Sync.Metad.Tests.Endpoints;

/// <summary>Entity tags: conditional reads, and waits that go by the content alone.</summary>
public sealed class TagTests(LocalMetad metad) : IClassFixture<LocalMetad>
{
    private MetadServer Server => metad.Server;

    [Fact]
    public async Task A_tag_is_that_of_the_body_and_a_known_one_is_not_sent_again()
    {
        var client = await PrepareAsync("10.2.0.1", "tag", """{"a":"1"}""");
        var first = await Server.GetAsync("/tag", client);
        await Server.WriteAsync("PUT", "/v1/data/elsewhere", "\"moves the version\"");

        var again = await Server.GetAsync("/tag", client, $"If-None-Match: \"x\", {first.Header("etag")}");
        var other = await Server.GetAsync("/tag", client, "If-None-Match: \"x\"");
        var json = await Server.GetAsync("/tag", client, "Accept: application/json");

        (again.Status, again.Body, again.Header("etag")).Should().Be((304, "", first.Header("etag")));
        again.Version.Should().BeGreaterThan(first.Version);
        (other.Status, other.Body).Should().Be((200, first.Body));
        json.Header("etag").Should().NotBe(first.Header("etag"), "another body has another tag");
    }

    [Fact]
    public async Task An_absent_path_has_no_tag() =>
        (await Server.GetAsync("/none", await PrepareAsync("10.2.0.2", "tag2", "{}"))).Header("etag").Should().BeNull();

    [Fact]
    public async Task A_wait_by_tag_answers_at_once_when_the_content_is_another()
    {
        var client = await PrepareAsync("10.2.0.3", "tag3", """{"a":"1"}""");

        var unknown = await Server.GetAsync("/tag3?wait_for_change=true&last_etag=0", client);

        (unknown.Status, unknown.Body).Should().Be((200, "/a\t1\n"));
    }

    [Theory]
    [InlineData("last_etag", 200)]
    [InlineData("header", 304)]
    public async Task A_wait_by_tag_ends_at_its_limit(string way, int status)
    {
        var client = await PrepareAsync("10.2.0.4", "tag4", """{"a":"1"}""");
        var tag = (await Server.GetAsync("/tag4", client)).Header("etag")!;

        var answer = way == "header"
            ? await Server.GetAsync("/tag4?wait_for_change=true&timeout_sec=1", client, $"If-None-Match: {tag}")
            : await Server.GetAsync($"/tag4?wait_for_change=true&timeout_sec=1&last_etag={tag.Trim('"')}", client);

        answer.Status.Should().Be(status);
        answer.Header("etag").Should().Be(tag);
    }

    [Fact]
    public async Task A_wait_by_tag_sleeps_through_changes_elsewhere_and_wakes_for_its_own()
    {
        await using var server = await MetadServer.StartAsync("--default_access=read");
        await server.BecomeReadyAsync();
        await server.WriteAsync("PUT", "/v1/data", """{"a":"1","b":"1"}""");
        var tag = (await server.GetAsync("/a", "10.2.0.5")).Header("etag")!.Trim('"');
        var waiting = await server.WaitOnAsync($"/a?wait_for_change=true&last_etag={tag}&format=text", "10.2.0.5");
        await server.WriteAsync("PUT", "/v1/data/b", "\"2\"");

        var changed = await server.WriteAsync("PUT", "/v1/data/a", "\"2\"");

        ((await waiting).Body, (await waiting).Version).Should().Be(("2", changed.Version));
    }

    [Fact]
    public async Task A_wait_on_a_listing_wakes_for_names_and_not_for_values()
    {
        await using var server = await MetadServer.StartAsync("--default_access=read");
        await server.BecomeReadyAsync();
        await server.WriteAsync("PUT", "/v1/data/d", """{"a":"1"}""");
        var waiting = await server.WaitOnAsync("/d?wait=true&recursive=false", "10.2.0.6");
        await server.WriteAsync("PUT", "/v1/data/d/a", "\"2\"");

        var changed = await server.WriteAsync("PUT", "/v1/data/d/b", "\"1\"");

        ((await waiting).Body, (await waiting).Version).Should().Be(("""["a","b"]""", changed.Version));
    }

    [Fact]
    public async Task Pages_and_depth_are_asked_for_in_the_query()
    {
        var client = await PrepareAsync("10.2.0.7", "page", """{"a":{"x":"1"},"b é":"2","c":"3"}""");

        var first = await Server.GetAsync("/page?format=json&depth=1&limit=2", client);
        var second = await Server.GetAsync($"/page?format=json&limit=2&after={first.Header("x-metad-next")}", client);

        first.Body.Should().Be("""{"a":{},"b é":"2"}""");
        first.Header("x-metad-next").Should().Be("b%20%C3%A9");
        second.Body.Should().Be("""{"c":"3"}""");
        second.Header("x-metad-next").Should().BeNull();
    }

    private async Task<string> PrepareAsync(string client, string place, string json)
    {
        await Server.WriteAsync("PUT", $"/v1/data/{place}", json);
        await Server.WriteAsync("PUT", "/v1/rule", $$"""{"{{client}}":[{"path":"/{{place}}","mode":1}]}""");
        return client;
    }
}
