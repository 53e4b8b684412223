using Sync.Metad.Tests.Running;

namespace Sync.Metad.Tests.Endpoints;

/// <summary>Status, headers and routes of both ports.</summary>
public sealed class HttpShapeTests(LocalMetad metad) : IClassFixture<LocalMetad>
{
    private const string Client = "10.1.0.1";

    private MetadServer Server => metad.Server;

    [Theory]
    [InlineData("text/plain", "text/plain", "/name\tv\n")]
    [InlineData("application/json", "application/json", """{"name":"v"}""")]
    [InlineData("text/x-yaml", "application/yaml", "name: v\n")]
    public async Task A_directory_has_three_forms(string accept, string type, string body)
    {
        await PrepareAsync();

        var answer = await Server.GetAsync("/shape", Client, $"Accept: {accept}");

        answer.Status.Should().Be(200);
        answer.Header("content-type").Should().Be(type);
        answer.Body.Should().Be(body);
        answer.Header("x-metad-requestid").Should().MatchRegex("^REQ-[1-9][0-9]*$");
        answer.Version.Should().BePositive();
        answer.Headers.Keys.Should().NotContain(["cache-control", "vary", "server"]);
    }

    [Theory]
    [InlineData("text/plain", "Not found\n")]
    [InlineData("application/json", "{\"code\":404,\"message\":\"Not found\",\"type\":\"ERROR\"}\n")]
    [InlineData("application/yaml", "code: 404\nmessage: Not found\ntype: ERROR\n\n")]
    public async Task An_absent_path_is_404_in_three_forms(string accept, string body)
    {
        await PrepareAsync();

        var answer = await Server.GetAsync("/none", Client, $"Accept: {accept}");

        answer.Status.Should().Be(404);
        answer.Header("content-type").Should().Be("text/plain; charset=utf-8");
        answer.Header("x-content-type-options").Should().Be("nosniff");
        answer.Body.Should().Be(body);
        answer.Version.Should().BePositive("the version is the true one on every answer");
    }

    [Fact]
    public async Task Two_accept_lines_are_one_list()
    {
        await PrepareAsync();

        var answer = await Server.GetAsync("/shape", Client, "Accept: text/html", "Accept: application/json");

        answer.Header("content-type").Should().Be("application/json");
    }

    [Theory]
    [InlineData("/shape?format=yaml", "name: v\n")]
    [InlineData("/shape?alt=json&pretty", """{"name":"v"}""")]
    [InlineData("/shape?alt=json&pretty=false", """{"name":"v"}""")]
    [InlineData("/shape?alt=json&pretty=0", "{\n  \"name\": \"v\"\n}")]
    [InlineData("/shape?alt=json&pretty=true", "{\n  \"name\": \"v\"\n}")]
    [InlineData("/shape?unknown=1&wait=1", "/name\tv\n")]
    [InlineData("/shape/", "/name\tv\n")]
    [InlineData("/shape/name", "v")]
    [InlineData("/shape/name/", "v")]
    [InlineData("/shape%2Fname", "v")]
    [InlineData("/%73hape/nam%65", "v")]
    [InlineData("http://elsewhere/shape/name", "v")]
    public async Task A_target_is_read_once_decoded(string target, string body)
    {
        await PrepareAsync();

        (await Server.GetAsync(target, Client)).Body.Should().Be(body);
    }

    [Theory]
    [InlineData("/n%C3%A9/x")]
    [InlineData("/n%c3%a9%2fx")]
    public async Task Escapes_in_either_case_are_the_same_name(string target)
    {
        await PrepareAsync();
        await Server.WriteAsync("PUT", "/v1/data", """{"né":{"x":"found"}}""");

        (await Server.GetAsync(target, Client)).Body.Should().Be("found");
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("OPTIONS")]
    public async Task A_path_in_need_of_cleaning_is_redirected_whatever_the_verb(string verb)
    {
        foreach (var port in new[] { Server.Port, Server.ManagePort })
        {
            var answer = await RawClient.SendAsync(port, verb, "/a/%2e%2e//shape/?q=//");

            answer.Status.Should().Be(301);
            answer.Header("location").Should().Be("/shape/?q=//");
            answer.Body.Should().BeEmpty();
        }
    }

    [Theory]
    [InlineData("PUT", "/shape")]
    [InlineData("POST", "/self")]
    [InlineData("DELETE", "/")]
    [InlineData("OPTIONS", "/")]
    [InlineData("GET", "/favicon.ico")]
    public async Task What_has_no_route_is_a_plain_404(string verb, string target)
    {
        var answer = await RawClient.SendAsync(Server.Port, verb, target, body: "");

        answer.Status.Should().Be(404);
        answer.Body.Should().Be("404 page not found\n");
        answer.Headers.Keys.Should().NotContain("x-metad-version");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/v2/data")]
    [InlineData("/v1/rule/10.0.0.1")]
    [InlineData("/favicon.ico")]
    public async Task The_manage_port_has_routes_of_its_own(string target)
    {
        var answer = await Server.ManageAsync("GET", target);

        answer.Status.Should().Be(404);
        answer.Body.Should().Be("404 page not found\n");
    }

    [Theory]
    [InlineData("PATCH", "/v1/data/x")]
    [InlineData("OPTIONS", "/v1/mapping")]
    [InlineData("HEAD", "/v1/rule")]
    public async Task A_wrong_verb_on_the_manage_port_is_405_with_those_that_are_right(string verb, string target)
    {
        var answer = await Server.ManageAsync(verb, target, "");

        answer.Status.Should().Be(405);
        answer.Header("allow").Should().Be("GET, POST, PUT, DELETE");
    }

    [Fact]
    public async Task Head_is_get_without_the_body()
    {
        await PrepareAsync();

        var answer = await RawClient.SendAsync(Server.Port, "HEAD", "/shape/name", [$"X-Forwarded-For: {Client}"]);

        answer.Status.Should().Be(200);
        answer.Header("content-length").Should().Be("1");
        answer.Body.Should().BeEmpty();
    }

    [Theory]
    [InlineData("/none")]
    [InlineData("/shape/none/below")]
    [InlineData("/self/none")]
    public async Task Head_of_an_absent_path_is_404_without_the_body(string target)
    {
        await PrepareAsync();
        var get = await Server.GetAsync(target, Client, "Accept: application/json");

        var head = await RawClient.SendAsync(
            Server.Port, "HEAD", target, [$"X-Forwarded-For: {Client}", "Accept: application/json"]);

        (get.Status, head.Status, head.Body).Should().Be((404, 404, ""));
        head.Header("content-length").Should().Be(get.Header("content-length"));
        head.Header("content-type").Should().Be(get.Header("content-type"));
        head.Version.Should().BePositive();
    }

    [Fact]
    public async Task A_mapping_to_the_root_is_all_that_the_rules_leave()
    {
        const string Caller = "10.1.0.2";
        await Server.WriteAsync("PUT", "/v1/data/rooted", """{"open":"v","hidden":"s"}""");
        await Server.WriteAsync("PUT", "/v1/rule",
            $$"""{"{{Caller}}":[{"path":"/rooted","mode":1},{"path":"/rooted/hidden","mode":0}]}""");
        await Server.WriteAsync("PUT", "/v1/mapping", $$$$"""{"{{{{Caller}}}}":{"all":"/","dir":{"all":"/"}}}""");

        (await Server.JsonAsync("/self/all", Caller)).Should().Be("""{"rooted":{"open":"v"}}""");
        (await Server.JsonAsync("/self", Caller)).Should().Be(
            """{"all":{"rooted":{"open":"v"}},"dir":{"all":{"rooted":{"open":"v"}}}}""");
        (await Server.JsonAsync("/self/dir/all/rooted/open", Caller)).Should().Be("\"v\"");
        (await Server.GetAsync("/self/all/rooted/hidden", Caller)).Status.Should().Be(404);

        await Server.WriteAsync("DELETE", $"/v1/mapping/{Caller}");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("..")]
    [InlineData("10.1.0.1/node")]
    [InlineData("10.1.0.1:80")]
    public async Task A_forwarding_header_that_is_no_address_is_refused(string value)
    {
        await Server.WriteAsync("PUT", "/v1/mapping", """{"10.1.0.1":{"node":"/shape"}}""");

        (await Server.GetAsync("/self", value)).Status.Should().Be(400);

        await Server.WriteAsync("DELETE", "/v1/mapping/10.1.0.1");
    }

    [Fact]
    public async Task The_host_header_does_not_choose_the_port()
    {
        await PrepareAsync();

        var answer = await RawClient.SendAsync(
            Server.Port, "GET", $"http://127.0.0.1:{Server.ManagePort}/v1/data", [$"X-Forwarded-For: {Client}"]);

        answer.Status.Should().Be(404);
    }

    [Fact]
    public async Task Health_and_metrics_tell_the_state()
    {
        (await Server.ManageAsync("GET", "/health")).Body.Should().StartWith("""{"status":"up",""");
        (await Server.ManageAsync("GET", "/health/live")).Status.Should().Be(200);
        (await Server.ManageAsync("GET", "/health/ready")).Status.Should().Be(200);
        (await Server.ManageAsync("GET", "/metrics")).Body.Should().Contain("\nmetad_revision ").And.Contain("\nmetad_loaded 1");
    }

    [Fact]
    public async Task Connections_are_kept_for_the_next_request()
    {
        await PrepareAsync();
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{Server.Port}") };
        http.DefaultRequestHeaders.Add("X-Forwarded-For", Client);

        for (var round = 0; round < 50; round++)
        {
            (await http.GetStringAsync("/shape/name")).Should().Be("v");
        }
    }

    private async Task PrepareAsync()
    {
        await Server.WriteAsync("PUT", "/v1/data/shape", """{"name":"v"}""");
        await Server.WriteAsync("PUT", "/v1/rule", $$"""{"{{Client}}":[{"path":"/","mode":1}]}""");
    }
}
