using Sync.Metad.Tests.Running;

namespace Sync.Metad.Tests.Endpoints;

/// <summary>The manage API, with the cases of metad's own HTTP suite among them.</summary>
public sealed class ManageApiTests(LocalMetad metad) : IClassFixture<LocalMetad>
{
    private MetadServer Server => metad.Server;

    [Fact]
    public async Task What_is_put_is_what_is_read()
    {
        const string Nodes = """{"1":{"ip":"192.168.1.1","name":"node1"},"2":{"ip":"192.168.1.2","name":"node2"}}""";

        var put = await Server.WriteAsync("PUT", "/v1/data/", $$"""{"basics":{{Nodes}}}""");

        put.Body.Should().Be("OK");
        (await DataAsync("/basics")).Should().Be(Nodes);
    }

    [Fact]
    public async Task Put_merges_and_post_replaces()
    {
        await Server.WriteAsync("PUT", "/v1/data/merge", """{"6":{"ip":"192.168.1.6","name":"node6"}}""");
        await Server.WriteAsync("PUT", "/v1/data/merge/6", """{"label":{"key1":"value1"}}""");
        (await DataAsync("/merge/6/label/key1")).Should().Be("\"value1\"");

        await Server.WriteAsync("PUT", "/v1/data/merge/6", """{"label":{"key1":"new_value1"}}""");
        (await DataAsync("/merge/6")).Should().Be("""{"ip":"192.168.1.6","label":{"key1":"new_value1"},"name":"node6"}""");

        var replaced = await Server.WriteAsync("POST", "/v1/data/merge/6/label", """{"key3":"value3"}""");
        (await DataAsync("/merge/6/label")).Should().Be("""{"key3":"value3"}""");
        replaced.Version.Should().BePositive();
    }

    [Theory]
    [InlineData("9663676416", "9663676416")]
    [InlineData("true", "true")]
    [InlineData("null", "")]
    [InlineData("1e21", "1000000000000000000000")]
    public async Task A_scalar_is_stored_as_its_text(string body, string expected)
    {
        await Server.WriteAsync("PUT", "/v1/data/scalar/value", body);

        (await Server.ManageAsync("GET", "/v1/data/scalar/value")).Body.Should().Be(expected);
    }

    [Fact]
    public async Task A_posted_string_leaves_the_children_that_hide_it()
    {
        await Server.WriteAsync("PUT", "/v1/data/clash", """{"b":"y"}""");
        await Server.WriteAsync("POST", "/v1/data/clash", "\"x\"");
        (await DataAsync("/clash")).Should().Be("""{"b":"y"}""");

        await Server.WriteAsync("DELETE", "/v1/data/clash");
        (await DataAsync("/clash")).Should().Be("\"x\"", "the directory went and the leaf shows again");

        await Server.WriteAsync("DELETE", "/v1/data/clash");
        (await Server.ManageAsync("GET", "/v1/data/clash")).Status.Should().Be(404);
    }

    [Fact]
    public async Task An_empty_object_put_changes_nothing_and_posted_empties()
    {
        await Server.WriteAsync("PUT", "/v1/data/empty", """{"a":"1"}""");
        await Server.WriteAsync("PUT", "/v1/data/empty", "{}");
        (await DataAsync("/empty")).Should().Be("""{"a":"1"}""");

        await Server.WriteAsync("POST", "/v1/data/empty", "{}");
        (await Server.ManageAsync("GET", "/v1/data/empty")).Status.Should().Be(404);
    }

    [Fact]
    public async Task Subs_delete_children_and_blanks_delete_nothing()
    {
        await Server.WriteAsync("PUT", "/v1/data/subs", """{"0":{"n":"0"},"1":{"n":"1"},"2":{"n":"2"},"3":"leaf"}""");

        await Server.WriteAsync("DELETE", "/v1/data/subs?subs=,");
        await Server.WriteAsync("DELETE", "/v1/data/subs?subs=1,3,noexistkey,");
        (await DataAsync("/subs")).Should().Be("""{"0":{"n":"0"},"2":{"n":"2"}}""");

        var refused = await Server.ManageAsync("DELETE", "/v1/data/subs?subs=0,a/b");
        refused.Status.Should().Be(400);
        refused.Body.Should().Be("Sub node must not a path.\n");
        (await DataAsync("/subs")).Should().Be("""{"0":{"n":"0"},"2":{"n":"2"}}""");
    }

    [Fact]
    public async Task Deleting_what_is_absent_is_done()
    {
        var before = (await Server.ManageAsync("GET", "/v1/data")).Version;

        var answer = await Server.WriteAsync("DELETE", "/v1/data/absent/place");

        answer.Body.Should().Be("OK");
        answer.Version.Should().Be(before);
    }

    [Theory]
    [InlineData("", "invalid json format, error:EOF\n")]
    [InlineData("{", "invalid json format, error:")]
    [InlineData("{} trailing", "invalid json format, error:")]
    [InlineData("""{"..":{"..":"x"}}""", "a key must not have")]
    [InlineData("""{"_metad":{"rule":{"default":{"10.0.0.1":"[]"}}}}""", "/_metad holds")]
    public async Task A_body_that_cannot_be_stored_is_400(string body, string message)
    {
        var answer = await Server.ManageAsync("PUT", "/v1/data", body);

        answer.Status.Should().Be(400);
        answer.Body.Should().StartWith(message);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413()
    {
        await using var server = await MetadServer.StartAsync("--body_bytes_max=1000");
        await server.BecomeReadyAsync();

        (await server.ManageAsync("PUT", "/v1/data/x", $"\"{new string('x', 998)}\"")).Status.Should().Be(200);
        (await server.ManageAsync("PUT", "/v1/data/x", $"\"{new string('x', 999)}\"")).Status.Should().Be(413);
    }

    [Fact]
    public async Task Mappings_are_put_replaced_and_deleted()
    {
        const string Client = "192.168.7.1";
        await Server.WriteAsync("PUT", "/v1/mapping", $$$"""{"{{{Client}}}":{"node1":"/nodes/1"}}""");
        await Server.WriteAsync("PUT", $"/v1/mapping/{Client}", """{"node2":"/nodes/2"}""");
        await Server.WriteAsync("PUT", $"/v1/mapping/{Client}/node3", "\"/nodes/3\"");
        (await MappingAsync(Client)).Should().Be("""{"node1":"/nodes/1","node2":"/nodes/2","node3":"/nodes/3"}""");

        await Server.WriteAsync("DELETE", $"/v1/mapping/{Client}/node3");
        await Server.WriteAsync("POST", $"/v1/mapping/{Client}", """{"node":"/nodes/9"}""");
        (await MappingAsync(Client)).Should().Be("""{"node":"/nodes/9"}""");
        (await Server.ManageAsync("GET", "/v1/mapping")).Body.Should().Contain($"/{Client}/node\t/nodes/9\n");

        await Server.WriteAsync("DELETE", "/v1/mapping?subs=192.168.7.2,,");
        await Server.WriteAsync("DELETE", "/v1/mapping?subs=,,");
        (await MappingAsync(Client)).Should().Be("""{"node":"/nodes/9"}""");

        await Server.WriteAsync("DELETE", $"/v1/mapping?subs={Client}");
        (await Server.ManageAsync("GET", $"/v1/mapping/{Client}")).Status.Should().Be(404);
    }

    [Fact]
    public async Task Addresses_are_stored_in_canonical_form()
    {
        await Server.WriteAsync("PUT", "/v1/mapping", """{"FE80::9":{"a":"/x"},"::ffff:192.168.8.1":{"b":"/y"}}""");

        (await MappingAsync("fe80::9")).Should().Be("""{"a":"/x"}""");
        (await MappingAsync("FE80:0::9")).Should().Be("""{"a":"/x"}""");
        (await MappingAsync("192.168.8.1")).Should().Be("""{"b":"/y"}""");

        await Server.WriteAsync("DELETE", "/v1/mapping?subs=FE80::9,192.168.8.1");
        (await Server.ManageAsync("GET", "/v1/mapping/fe80::9")).Status.Should().Be(404);
    }

    [Theory]
    [InlineData("/v1/mapping", "[]", "mapping data should be json object.")]
    [InlineData("/v1/mapping/node", "{}", "mapping's first level key should be ip .")]
    [InlineData("/v1/mapping/10.0.0.1/a", "3", "mapping's value should be path .")]
    public async Task A_mapping_that_cannot_be_is_400(string target, string body, string message)
    {
        var answer = await Server.ManageAsync("PUT", target, body);

        answer.Status.Should().Be(400);
        answer.Body.Should().Be(message + "\n");
    }

    [Fact]
    public async Task Rules_are_put_listed_filtered_and_deleted()
    {
        await Server.WriteAsync("PUT", "/v1/rule",
            """{"10.7.0.1":[{"path":"clusters//","mode":1},{"path":"/","mode":0}],"10.7.0.2":[{"path":"/x","mode":1}]}""");

        (await RulesAsync("?hosts=10.7.0.1,,%20nobody")).Should().Be(
            """{"10.7.0.1":[{"path":"/","mode":0},{"path":"/clusters","mode":1}]}""");
        (await Server.ManageAsync("GET", "/v1/rule?hosts=10.7.0.1,10.7.0.2")).Body.Should().Be(
            "10.7.0.1\t/\t0\n10.7.0.1\t/clusters\t1\n10.7.0.2\t/x\t1\n");
        (await Server.ManageAsync("GET", "/v1/rule?hosts=10.7.0.2&format=yaml")).Body.Should().Be(
            "10.7.0.2:\n- path: /x\n  mode: 1\n");

        await Server.WriteAsync("POST", "/v1/rule", """{"10.7.0.1":null}""");
        (await RulesAsync("?hosts=10.7.0.1,10.7.0.2")).Should().Be(
            """{"10.7.0.1":[],"10.7.0.2":[{"path":"/x","mode":1}]}""");

        (await Server.WriteAsync("DELETE", "/v1/rule")).Body.Should().Be("OK");
        (await Server.WriteAsync("DELETE", "/v1/rule?hosts=10.7.0.1,10.7.0.2,absent")).Body.Should().Be("OK");
        (await RulesAsync("?hosts=10.7.0.1,10.7.0.2")).Should().Be("{}");
    }

    [Fact]
    public async Task Mapping_and_rules_make_up_what_two_callers_see()
    {
        const string Cluster =
            """{"name":"cl-N","env":{"username":"userN","secret":"SECRET"},"public_key":"public_key_N"}""";
        await Server.WriteAsync("PUT", "/v1/data/suite", "{\"clusters\":{\"cl-1\":"
            + Cluster.Replace("N", "1", StringComparison.Ordinal).Replace("SECRET", "123456", StringComparison.Ordinal)
            + ",\"cl-2\":"
            + Cluster.Replace("N", "2", StringComparison.Ordinal).Replace("SECRET", "1234567", StringComparison.Ordinal) + "}}");
        await Server.WriteAsync("PUT", "/v1/mapping", """
            {"192.168.5.1":{"cluster":"/suite/clusters/cl-1","links":{"c2":"/suite/clusters/cl-2"}},
             "192.168.5.2":{"cluster":"/suite/clusters/cl-2"}}
            """);
        await Server.WriteAsync("PUT", "/v1/rule", """
            {"192.168.5.1":[{"path":"/","mode":0},{"path":"/suite/clusters/*/env","mode":0},{"path":"/suite/clusters/cl-1","mode":1},
              {"path":"/suite/clusters/cl-2","mode":1},{"path":"/suite/clusters/cl-2/env/secret","mode":0}],
             "192.168.5.2":[{"path":"/","mode":0},{"path":"*/env","mode":0},{"path":"/suite/clusters/cl-2","mode":1}]}
            """);

        var first = await Server.JsonAsync("/", "192.168.5.1");
        var second = await Server.JsonAsync("/", "192.168.5.2");

        first.Should().Contain("\"self\":{\"cluster\":{").And.Contain("123456").And.Contain("user2").And.NotContain("1234567");
        second.Should().Contain("1234567").And.NotContain("cl-1");
        (await Server.JsonAsync("/self/links/c2/env", "192.168.5.1")).Should().Be("""{"username":"user2"}""");
    }

    private async Task<string> DataAsync(string path) =>
        (await Server.ManageAsync("GET", $"/v1/data{path}", null, "Accept: application/json")).Body;

    private async Task<string> MappingAsync(string path) =>
        (await Server.ManageAsync("GET", $"/v1/mapping/{path}", null, "Accept: application/json")).Body;

    private async Task<string> RulesAsync(string query) =>
        (await Server.ManageAsync("GET", $"/v1/rule{query}", null, "Accept: application/json")).Body;
}
