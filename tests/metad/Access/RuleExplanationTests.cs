using CsCheck;
using Sync.Metad.Model.Access;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Tests.Access;

public sealed class RuleExplanationTests
{
    private static readonly AccessRules Sample = new(
    [
        new("/", AccessMode.Read), new("/clusters/*", AccessMode.Forbidden),
        new("/clusters/cl-1/env/username", AccessMode.Read), new("/other", AccessMode.Read),
    ]);

    [Fact]
    public void Every_rule_that_bears_on_a_path_is_named_from_the_root_down() =>
        RuleExplanation.Of(Sample, MetadataPath.Split("/clusters/cl-1/env/username")).Matches.Should().Equal(
            new AccessRule("/", AccessMode.Read),
            new AccessRule("/clusters/*", AccessMode.Forbidden),
            new AccessRule("/clusters/cl-1/env/username", AccessMode.Read));

    [Fact]
    public void A_step_that_is_refused_ends_the_walk()
    {
        var explanation = RuleExplanation.Of(Sample, MetadataPath.Split("/clusters/cl-2/env/username"));

        explanation.IsReached.Should().BeFalse();
        explanation.Steps.Should().Equal(
            new RuleStep("/", IsAllowed: true, MayRead: true),
            new RuleStep("/clusters", IsAllowed: true, MayRead: true),
            new RuleStep("/clusters/cl-2", IsAllowed: false, MayRead: false));
    }

    [Fact]
    public void A_directory_that_shows_a_part_has_rules_below()
    {
        var explanation = RuleExplanation.Of(Sample, MetadataPath.Split("/clusters/cl-1"));

        (explanation.IsReached, explanation.MayRead, explanation.HasRulesBelow).Should().Be((true, false, true));
    }

    [Fact]
    public void An_explanation_says_of_a_leaf_what_a_read_does() =>
        Gen.Select(
            Gen.Select(Gen.OneOf("/", "/a", "/*", "/a/*", "/*/x", "/a/x", "/a/x/z"), Gen.OneOf(AccessMode.Forbidden, AccessMode.Read))
                .Array[0, 5],
            Gen.OneOf("/a", "/a/x", "/a/x/z", "/b", "/b/x"))
            .Sample((rules, path) =>
            {
                var list = string.Join(',', rules.Select(rule => $$"""{"path":"{{rule.Item1}}","mode":{{(int)rule.Item2}}}"""));
                var snapshot = Snapshots.Of($"{{\"{path.TrimStart('/')}\":\"v\"}}", rules: $"{{\"10.0.0.1\":[{list}]}}");
                var explanation = RuleExplanation.Of(
                    new([.. rules.Select(rule => new AccessRule(rule.Item1, rule.Item2))]), MetadataPath.Split(path));
                return (explanation is { IsReached: true, MayRead: true }) == (snapshot.See("10.0.0.1", path) is not null);
            }, iter: 10_000);
}
