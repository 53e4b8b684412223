
namespace Sync.Metad.Tests.Access;

/// <summary>The worked examples of metad's access rules, with the outcome that Sync gives where it is safer.</summary>
public sealed class WorkedExampleTests
{
    private const string Client = "10.0.0.1";

    private const string Data =
        """
        {"clusters":{
          "cl-1":{"name":"n1","public_key":"p1","env":{"username":"u1","secret":"s1"}},
          "cl-2":{"name":"n2","public_key":"p2","env":{"username":"u2","secret":"s2"}}},
         "other":"o"}
        """;

    private const string Cluster1 = """{"env":{"secret":"s1","username":"u1"},"name":"n1","public_key":"p1"}""";
    private const string Cluster2 = """{"env":{"secret":"s2","username":"u2"},"name":"n2","public_key":"p2"}""";
    private const string Whole = $$"""{"clusters":{"cl-1":{{Cluster1}},"cl-2":{{Cluster2}}},"other":"o"}""";

    public static TheoryData<int, string, string, string> Examples => new()
    {
        { 1, "", "/", "{}" },
        { 1, "", "/clusters", "404" },
        { 2, "/ 0", "/", "{}" },
        { 2, "/ 0", "/other", "404" },
        { 3, "/ 1", "/", Whole },
        { 4, "/ 0,/clusters 1,/clusters/*/env 0,/clusters/cl-1 1", "/other", "404" },
        { 4, "/ 0,/clusters 1,/clusters/*/env 0,/clusters/cl-1 1", "/clusters/cl-1/env", """{"secret":"s1","username":"u1"}""" },
        { 4, "/ 0,/clusters 1,/clusters/*/env 0,/clusters/cl-1 1", "/clusters/cl-2", """{"name":"n2","public_key":"p2"}""" },
        { 4, "/ 0,/clusters 1,/clusters/*/env 0,/clusters/cl-1 1", "/clusters/cl-2/env", "404" },
        { 4, "/ 0,/clusters 1,/clusters/*/env 0,/clusters/cl-1 1", "/clusters/cl-2/env/secret", "404" },
        { 5, "/ 0,/clusters/cl-1/env/username 1", "/", """{"clusters":{"cl-1":{"env":{"username":"u1"}}}}""" },
        { 5, "/ 0,/clusters/cl-1/env/username 1", "/clusters", """{"cl-1":{"env":{"username":"u1"}}}""" },
        { 5, "/ 0,/clusters/cl-1/env/username 1", "/clusters/cl-1", """{"env":{"username":"u1"}}""" },
        { 5, "/ 0,/clusters/cl-1/env/username 1", "/clusters/cl-1/env", """{"username":"u1"}""" },
        { 5, "/ 0,/clusters/cl-1/env/username 1", "/clusters/cl-1/name", "404" },
        { 5, "/ 0,/clusters/cl-1/env/username 1", "/clusters/cl-2", "404" },
        { 6, "/clusters/*/name 1", "/", """{"clusters":{"cl-1":{"name":"n1"},"cl-2":{"name":"n2"}}}""" },
        { 6, "/clusters/*/name 1", "/clusters/cl-1/env", "404" },
        { 7, "* 1", "/", Whole },
        { 7, "/* 1", "/other", "\"o\"" },
        { 8, "/clusters/cl-* 1", "/", "{}" },
        { 8, "/clusters/cl-* 1", "/clusters/cl-1", "404" },
        { 9, "/clusters 1,/clusters 0", "/", "{}" },
        { 10, "/ 1,/clusters/* 0,/clusters/cl-1/env/username 1", "/clusters/cl-1", """{"env":{"username":"u1"}}""" },
        { 10, "/ 1,/clusters/* 0,/clusters/cl-1/env/username 1", "/clusters/cl-1/env/secret", "404" },
        { 10, "/ 1,/clusters/* 0,/clusters/cl-1/env/username 1", "/clusters/cl-2", "404" },
        { 10, "/ 1,/clusters/* 0,/clusters/cl-1/env/username 1", "/other", "\"o\"" },
        { 11, "/other 0,/other/x 1", "/other", "404" },
        { 11, "/other 0,/other/x 1", "/", "{}" },
        { 11, "/*/*/env 1", "/", """{"clusters":{"cl-1":{"env":{"secret":"s1","username":"u1"}},"cl-2":{"env":{"secret":"s2","username":"u2"}}}}""" },
        { 12, "/ 1,/clusters/cl-1 -1", "/clusters/cl-1", "404" },
        { 12, "/clusters/cl-1 -1,/ 1", "/clusters", $$"""{"cl-2":{{Cluster2}}}""" },
        { 13, "/clusters/cl-1 0,/clusters/cl-1/zz 1", "/clusters/cl-1", "{}" },
        { 13, "/clusters/cl-1 0,/clusters/cl-1/zz 1", "/clusters", "{}" },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public void A_rule_list_shows_what_the_example_says(int example, string rules, string path, string expected)
    {
        var snapshot = Snapshots.Of(Data, rules: RulesOf(rules));

        snapshot.Body(Client, path).Should().Be(expected, $"it is example {example}");
    }

    [Theory]
    [InlineData("/ 0,/clusters/*/name 1", "/self", """{"cl":{"name":"n1"}}""")]
    [InlineData("/ 0,/clusters/*/name 1", "/self/cl", """{"name":"n1"}""")]
    [InlineData("/ 0,/clusters/*/name 1", "/self/cl/env", "404")]
    [InlineData("/ 0,/clusters/*/name 1", "/self/e", "404")]
    [InlineData("/ 1,/clusters/*/env 0", "/self", """{"cl":{"name":"n1","public_key":"p1"}}""")]
    [InlineData("/ 1,/clusters/*/env 0", "/self/e", "404")]
    public void A_mapping_shows_no_more_than_the_rules(string rules, string path, string expected)
    {
        var snapshot = Snapshots.Of(
            Data, """{"10.0.0.1":{"cl":"/clusters/cl-1","e":"/clusters/cl-2/env"}}""", RulesOf(rules));

        snapshot.Body(Client, path).Should().Be(expected);
    }

    [Theory]
    [InlineData("""{"cluster":"/clusters/cl-1","links":{"c2":"/clusters/cl-2"}}""", "/",
        $$"""{"clusters":{"cl-1":{{Cluster1}},"cl-2":{{Cluster2}} },"self":{"cluster":{{Cluster1}},"links":{"c2":{{Cluster2}} } } }""")]
    [InlineData("""{"cluster":"/clusters/cl-1","links":{"c2":"/clusters/cl-2"}}""", "/clusters/cl-1", Cluster1)]
    [InlineData("""{"cluster":"/clusters/cl-2"}""", "/clusters", $$"""{"cl-2":{{Cluster2}}}""")]
    [InlineData("""{"cluster":"/clusters/cl-2"}""", "/clusters/cl-1", "404")]
    [InlineData("""{"x":"/missing"}""", "/", """{"self":{}}""")]
    [InlineData("""{"x":"/missing"}""", "/self", "{}")]
    [InlineData("""{"x":"/missing"}""", "/self/x", "404")]
    [InlineData("""{"x":"/missing"}""", "/clusters", "404")]
    public void Without_rules_a_caller_sees_its_targets(string mapping, string path, string expected)
    {
        var snapshot = Snapshots.Of(Data, $$"""{"10.0.0.1":{{mapping}}}""");

        snapshot.Body(Client, path).Should().Be(expected.Replace(" ", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/self")]
    [InlineData("/clusters/cl-1")]
    public void An_unknown_caller_sees_nothing(string path) =>
        Snapshots.Of(Data, """{"10.0.0.9":{"x":"/"}}""").Body(Client, path).Should().Be("404");

    [Fact]
    public void A_target_with_dots_grants_nothing_by_itself() =>
        Snapshots.Of(Data, """{"10.0.0.1":{"x":"/clusters/cl-1/../cl-2"}}""").Body(Client, "/self/x").Should().Be("404");

    [Fact]
    public void The_most_specific_host_counts_alone()
    {
        var snapshot = Snapshots.Of(Data, rules: """
            {"*":[{"path":"/other","mode":1}],
             "10.0.0.0/8":[{"path":"/clusters/cl-2/name","mode":1}],
             "10.0.0.1":[]}
            """);

        snapshot.Body("192.168.1.1", "/").Should().Be("""{"other":"o"}""");
        snapshot.Body("10.9.9.9", "/").Should().Be("""{"clusters":{"cl-2":{"name":"n2"}}}""");
        snapshot.Body("10.0.0.1", "/").Should().Be("{}");
    }

    private static string RulesOf(string rules)
    {
        var items = rules.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(rule => rule.Split(' '))
            .Select(parts => $$"""{"path":"{{parts[0]}}","mode":{{parts[1]}}}""");
        return $$"""{"{{Client}}":[{{string.Join(',', items)}}]}""";
    }
}
