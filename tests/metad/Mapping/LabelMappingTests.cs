using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Mapping;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Tests.Mapping;

/// <summary>What a container's label says, and when it counts.</summary>
public sealed class LabelMappingTests
{
    private const string Data = """{"nodes":{"7":{"name":"n7"}},"sites":{"2":"s2"},"secret":"x"}""";

    [Theory]
    [InlineData("/nodes/7", """{"node":{"name":"n7"}}""")]
    [InlineData("node=/nodes/7,site=/sites/2", """{"node":{"name":"n7"},"site":"s2"}""")]
    [InlineData(" site = /sites//2/ , /nodes/7 ", """{"node":{"name":"n7"},"site":"s2"}""")]
    [InlineData("all=/", """{"all":{"nodes":{"7":{"name":"n7"}},"secret":"x","sites":{"2":"s2"}}}""")]
    [InlineData("gone=/nodes/8", "{}")]
    [InlineData("/a=b", "{}")]
    public void A_label_names_the_targets_of_a_mapping(string text, string self) =>
        SelfOf(Snapshots.Of(Data), text).Should().Be(self);

    [Theory]
    [InlineData("", "neither a data path")]
    [InlineData("nodes/7", "neither a data path")]
    [InlineData("node=nodes/7", "neither a data path")]
    [InlineData("node=", "neither a data path")]
    [InlineData("=/nodes/7", "neither a data path")]
    [InlineData("a/b=/nodes/7", "neither a data path")]
    [InlineData("..=/nodes/7", "neither a data path")]
    [InlineData("/nodes/7,", "neither a data path")]
    [InlineData("/nodes/../secret", "neither a data path")]
    [InlineData("/nodes/7,/nodes/8", "the name node stands for two paths")]
    [InlineData("a=/nodes/7,a=/nodes/7", "the name a stands for two paths")]
    [InlineData("/secret", "/secret is not at or below /nodes")]
    [InlineData("/nodes2", "/nodes2 is not at or below /nodes")]
    [InlineData("/", "/ is not at or below /nodes")]
    [InlineData("/nodes/7,site=/sites/2", "/sites/2 is not at or below /nodes")]
    public void A_label_that_cannot_be_read_counts_for_nothing(string text, string problem) =>
        LabelMapping.Read(text, MetadataPath.Split("/nodes")).Problem.Should().Contain(problem);

    [Fact]
    public void A_label_has_a_longest_length()
    {
        var most = LabelMapping.Read("/" + new string('n', LabelMapping.LengthMax - 1), MetadataPath.Root);
        var more = LabelMapping.Read("/" + new string('n', LabelMapping.LengthMax), MetadataPath.Root);

        (most.IsRefused, more.IsRefused).Should().Be((false, true));
    }

    [Fact]
    public void Callers_whose_labels_say_the_same_are_the_same()
    {
        Labelled("/nodes/7").Should().Be(Labelled("node = /nodes/7/"));
        Labelled("/nodes/7").Should().NotBe(Labelled("/nodes/8"));
        Labelled("/nodes/7").Should().NotBe(Snapshots.Client("10.0.0.1"));
    }

    [Theory]
    [InlineData("{}", "n7")]
    [InlineData("""{"10.0.0.0/8":{"node":"/sites"},"default":{"node":"/sites"}}""", "n7")]
    [InlineData("""{"10.0.0.1":{"node":"/sites"},"default":{"node":"/nodes"}}""", "s2")]
    [InlineData("""{"container-name:web":{"node":"/sites"}}""", "s2")]
    public void An_entry_for_the_caller_itself_counts_before_its_label_and_a_block_after(string mapping, string expected)
    {
        var client = new ClientIdentity(
            new ClientIdentity(Snapshots.Address("10.0.0.1"), [ClientName.OfContainerName("web")]), Label("/nodes/7"));

        Snapshots.Body(Snapshots.Of(Data, mapping).For(client, default).Find(MetadataPath.Split("/self/node")), BodyFormat.Json)
            .Should().Contain(expected);
    }

    [Fact]
    public void Rules_of_the_caller_hide_what_its_label_names()
    {
        const string Rules = """{"10.0.0.0/8":[{"path":"/nodes","mode":1}]}""";

        SelfOf(Snapshots.Of(Data, rules: Rules), "/nodes/7,secret=/secret").Should().Be("""{"node":{"name":"n7"}}""");
        SelfOf(Snapshots.Of(Data, rules: """{"*":[]}"""), "/nodes/7").Should().Be("{}");
    }

    private static string SelfOf(MetadataSnapshot snapshot, string label) =>
        Snapshots.Body(snapshot.For(Labelled(label), default).Find(MetadataPath.Split("/self")), BodyFormat.Json);

    private static ClientIdentity Labelled(string label) => new(Snapshots.Client("10.0.0.1"), Label(label));

    private static LabelMapping Label(string text) => Snapshots.Require(LabelMapping.Read(text, MetadataPath.Root));
}
