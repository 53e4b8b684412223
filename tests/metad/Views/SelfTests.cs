using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Tests.Views;

/// <summary>The caller's own part.</summary>
public sealed class SelfTests
{
    private const string Data = """{"nodes":{"1":{"name":"node1","ip":"192.168.1.1"},"2":{"name":"node2"}},"leaf":"v"}""";

    private const string Mapping =
        """{"10.0.0.1":{"node":"/nodes/1","leaf":"/leaf","gone":"/none","dir":{"n2":"/nodes/2","none":"/none"},"slash":"/nodes/1/"}}""";

    [Theory]
    [InlineData("/self", """{"dir":{"n2":{"name":"node2"}},"leaf":"v","node":{"ip":"192.168.1.1","name":"node1"},"slash":{"ip":"192.168.1.1","name":"node1"}}""")]
    [InlineData("/self/", """{"dir":{"n2":{"name":"node2"}},"leaf":"v","node":{"ip":"192.168.1.1","name":"node1"},"slash":{"ip":"192.168.1.1","name":"node1"}}""")]
    [InlineData("/self/node", """{"ip":"192.168.1.1","name":"node1"}""")]
    [InlineData("/self/node/name", "\"node1\"")]
    [InlineData("/self/leaf", "\"v\"")]
    [InlineData("/self/leaf/below", "404")]
    [InlineData("/self/gone", "404")]
    [InlineData("/self/dir", """{"n2":{"name":"node2"}}""")]
    [InlineData("/self/dir/n2/name", "\"node2\"")]
    [InlineData("/self/dir/none", "404")]
    [InlineData("/self/unknown", "404")]
    [InlineData("/selfish", "404")]
    public void A_name_stands_for_its_target(string path, string expected) =>
        Snapshots.Of(Data, Mapping).Body("10.0.0.1", path).Should().Be(expected);

    [Fact]
    public void Text_lists_targets_below_their_names() =>
        Snapshots.Of(Data, """{"10.0.0.1":{"node":"/nodes/1"}}""").Body("10.0.0.1", "/self", BodyFormat.Text)
            .Should().Be("/node/ip\t192.168.1.1\n/node/name\tnode1\n");

    [Fact]
    public void A_mapping_may_be_stored_under_another_spelling_of_its_address()
    {
        var builder = new Model.Backends.SnapshotBuilder(new("", "default"));
        builder.Apply(1,
        [
            new("/leaf"u8.ToArray(), "v"u8.ToArray()),
            new("/_metad/mapping/default/FE80::2/x"u8.ToArray(), "/leaf"u8.ToArray()),
        ]);

        builder.Current.Body("fe80::2", "/self").Should().Be("""{"x":"v"}""");
    }

    [Fact]
    public void A_bare_value_in_place_of_a_mapping_is_none()
    {
        var builder = new Model.Backends.SnapshotBuilder(new("", "default"));
        builder.Apply(1, [new("/_metad/mapping/default/10.0.0.1"u8.ToArray(), "/leaf"u8.ToArray())]);

        builder.Current.For(Snapshots.Client("10.0.0.1"), default).IsKnown.Should().BeFalse();
    }

    [Fact]
    public void Only_self_leaves_nothing_else()
    {
        var view = Snapshots.Of(Data, Mapping).For(Snapshots.Client("10.0.0.1"), new(UnknownMayRead: false, OnlySelf: true));

        Snapshots.Body(view.Find(MetadataPath.Split("/nodes")), BodyFormat.Json).Should().Be("404");
        Snapshots.Body(view.Find(MetadataPath.Root), BodyFormat.Json).Should().StartWith("""{"self":{"dir":""");
        Snapshots.Body(view.Find(MetadataPath.Split("/self/leaf")), BodyFormat.Json).Should().Be("\"v\"");
    }

    [Fact]
    public void Unknown_callers_read_everything_when_the_operator_says_so()
    {
        var settings = new ViewSettings(UnknownMayRead: true, OnlySelf: false);

        var view = Snapshots.Of(Data, Mapping).For(Snapshots.Client("10.0.0.2"), settings).Find(MetadataPath.Split("/leaf"));

        Snapshots.Body(view, BodyFormat.Json).Should().Be("\"v\"");
    }
}
