using Sync.Metad.Tests.Running;

namespace Sync.Metad.Tests.Endpoints;

/// <summary>Why somebody sees a path or not, as the manage API tells it.</summary>
public sealed class ExplainTests(LocalMetad metad) : IClassFixture<LocalMetad>
{
    private MetadServer Server => metad.Server;

    [Fact]
    public async Task Rules_are_told_with_the_host_they_are_stored_for()
    {
        await Server.WriteAsync("PUT", "/v1/data/ex", """{"open":"1","secret":"2"}""");
        await Server.WriteAsync("PUT", "/v1/rule", """{"10.5.0.0/16":[{"path":"/ex","mode":1},{"path":"/ex/secret","mode":0}]}""");

        var hidden = await ExplainAsync("host=10.5.0.1&path=/ex/secret");
        var shown = await ExplainAsync("host=10.5.0.1&path=/ex/open");

        hidden.Should().StartWith("10.5.0.1 does not see /ex/secret: the rules refuse the step to /ex/secret\nrules: those of 10.5.0.0/16\n")
            .And.Contain("rule /ex shows\nrule /ex/secret hides\n").And.EndWith("step /ex/secret refused\n");
        shown.Should().StartWith("10.5.0.1 sees /ex/open: the value there may be read\n");
        (await Server.GetAsync("/ex/secret", "10.5.0.1")).Status.Should().Be(404);
        (await Server.GetAsync("/ex/open", "10.5.0.1")).Status.Should().Be(200);
    }

    [Fact]
    public async Task A_mapping_is_followed_to_its_target()
    {
        await Server.WriteAsync("PUT", "/v1/data/ex2", """{"name":"n"}""");
        await Server.WriteAsync("PUT", "/v1/mapping", """{"10.6.0.1":{"node":"/ex2"}}""");

        var json = await Server.ManageAsync(
            "GET", "/v1/rule/explain?host=10.6.0.1&path=/self/node/name&format=json");

        json.Header("content-type").Should().Be("application/json");
        json.Body.Should().Contain("\"target\": \"/ex2/name\"").And.Contain("\"visible\": true")
            .And.Contain("read on the targets of the mapping");
        (await ExplainAsync("host=10.6.0.1&path=/self/none")).Should().Contain("the mapping has no such name");
        (await ExplainAsync("host=10.6.0.1&path=/ex2/absent")).Should().Contain("nothing is there");
    }

    [Fact]
    public async Task An_unknown_caller_and_a_host_that_is_none_are_told()
    {
        (await ExplainAsync("host=10.7.0.1&path=/ex")).Should().Contain("does not see /ex: the caller has neither rules nor a mapping");
        (await Server.ManageAsync("GET", "/v1/rule/explain?path=/ex")).Status.Should().Be(400);
        var wrongVerb = await Server.ManageAsync("PUT", "/v1/rule/explain?host=10.7.0.1");
        (wrongVerb.Status, wrongVerb.Header("allow")).Should().Be((405, "GET"));
    }

    private async Task<string> ExplainAsync(string query) =>
        (await Server.ManageAsync("GET", $"/v1/rule/explain?{query}")).Body;
}
