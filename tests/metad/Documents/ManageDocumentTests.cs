using System.Text;
using Sync.Metad.Model.Access;
using Sync.Metad.Model.Documents;
using Sync.Metad.Model.Mapping;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Tests.Documents;

/// <summary>Mappings and rules as the manage API takes them.</summary>
public sealed class ManageDocumentTests
{
    [Theory]
    [InlineData("/", "[]", "mapping data should be json object.")]
    [InlineData("/", "\"x\"", "mapping data should be json object.")]
    [InlineData("/", """{"node":{"a":"/x"}}""", "mapping's first level key should be ip .")]
    [InlineData("/", """{"010.0.0.4":{"a":"/x"}}""", "mapping's first level key should be ip .")]
    [InlineData("/node", """{"a":"/x"}""", "mapping's first level key should be ip .")]
    [InlineData("/", """{"10.0.0.1":"/x"}""", "mapping data should be json object.")]
    [InlineData("/10.0.0.1", "\"/x\"", "mapping data should be json object.")]
    [InlineData("/", """{"10.0.0.1":{"a/b":"/x"}}""", "mapping key should not be path.")]
    [InlineData("/", """{"10.0.0.1":{"a":"x"}}""", "mapping's value should be path .")]
    [InlineData("/", """{"10.0.0.1":{"a":""}}""", "mapping's value should be path .")]
    [InlineData("/", """{"10.0.0.1":{"a":null}}""", "mapping's value should be path .")]
    [InlineData("/", """{"10.0.0.1":{"a":1}}""", "mapping's value should be path .")]
    [InlineData("/", """{"10.0.0.1":{"a":["/x"]}}""", "mapping's value should be path .")]
    [InlineData("/10.0.0.1/a", "3", "mapping's value should be path .")]
    [InlineData("/", "", "invalid json format, error:EOF")]
    [InlineData("/", "{", "invalid json format, error:")]
    public void A_mapping_that_cannot_be_is_refused(string place, string body, string problem) =>
        MappingDocument.Read(MetadataPath.Split(place), Snapshots.Bytes(body)).Problem.Should().StartWith(problem);

    [Theory]
    [InlineData("/", """{"10.0.0.1":{"node":"/nodes/1","links":{"c2":"/c/2","":"/gone"}}}""",
        "/10.0.0.1/links=/gone;/10.0.0.1/links/c2=/c/2;/10.0.0.1/node=/nodes/1")]
    [InlineData("/", """{"FE80::2":{"a":"/x"},"::ffff:10.0.0.1":{"b":"/y/../z/"}}""", "/10.0.0.1/b=/y/../z/;/fe80::2/a=/x")]
    [InlineData("/10.0.0.1", """{"a":{"b":"/x"}}""", "/a/b=/x")]
    [InlineData("/10.0.0.1/a", """{"b":"/x"}""", "/b=/x")]
    public void A_mapping_becomes_targets_by_name(string place, string body, string expected)
    {
        var document = (DataDocument.Container)Snapshots.Require(
            MappingDocument.Read(MetadataPath.Split(place), Snapshots.Bytes(body)));

        string.Join(';', document.Values.Select(value => $"{value.Key}={Encoding.UTF8.GetString(value.Value)}"))
            .Should().Be(expected.Replace("/10.0.0.1/links=/gone;", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"10.0.0.1":[{"path":"/","mode":5}]}""", "Invalid AccessMode [5]")]
    [InlineData("""{"10.0.0.1":[{"path":"/","mode":"1"}]}""", "invalid json format, error:json: cannot unmarshal string into")]
    [InlineData("""{"10.0.0.1":[{"path":"/p","mode":1},{"path":"p/","mode":0}]}""", "AccessRule path [p/] repeat define.")]
    [InlineData("""{"host":[]}""", "rule host [host] should be")]
    [InlineData("""{"10.0.0.0/33":[]}""", "rule host [10.0.0.0/33] should be")]
    [InlineData("[]", "invalid json format, error:")]
    [InlineData("""{"10.0.0.1":{}}""", "invalid json format, error:")]
    [InlineData("", "invalid json format, error:EOF")]
    public void Rules_that_cannot_be_are_refused(string body, string problem) =>
        RuleDocument.ReadHosts(Snapshots.Bytes(body)).Problem.Should().StartWith(problem);

    [Fact]
    public void Rules_are_read_with_their_defaults()
    {
        var hosts = Snapshots.Require(RuleDocument.ReadHosts(Snapshots.Bytes(
            """{"::FFFF:10.0.0.1":[{"path":"a"},{"mode":1},{"path":"/b","mode":-1}],"*":null,"fd00::/8":[]}""")));

        hosts.Keys.Should().Equal("*", "10.0.0.1", "fd00::/8");
        hosts["10.0.0.1"].Should().Equal(
            new AccessRule("a", AccessMode.Forbidden), new AccessRule("", AccessMode.Read), new AccessRule("/b", AccessMode.Unset));
        hosts["*"].Should().BeEmpty();
    }

    [Fact]
    public void Rules_are_listed_from_the_root_in_order_of_first_mention()
    {
        var rules = new AccessRules(
        [
            new("/b//c/", AccessMode.Read), new("", AccessMode.Forbidden), new("/a", AccessMode.Unset), new("/b", AccessMode.Forbidden),
        ]);

        rules.Listed().Should().Equal(
            new AccessRule("/", AccessMode.Forbidden), new AccessRule("/b", AccessMode.Forbidden), new AccessRule("/b/c", AccessMode.Read));
    }

    [Fact]
    public void Rules_that_cannot_be_read_leave_the_last_good_ones()
    {
        var table = RuleTable.Empty.Apply(Stored("""[{"path":"/","mode":1}]"""));

        var after = table.Apply(Stored("[{"));

        after.Of(Snapshots.Client("10.0.0.1")).Should().BeSameAs(table.Of(Snapshots.Client("10.0.0.1")));
        after.Hosts["10.0.0.1"].Problem.Should().StartWith("invalid json format");
    }

    [Fact]
    public void Rules_that_could_never_be_read_show_nothing() =>
        RuleTable.Empty.Apply(Stored("[{")).Of(Snapshots.Client("10.0.0.1"))!.Listed().Should().BeEmpty();

    [Fact]
    public void An_older_spelling_of_a_host_counts_until_the_canonical_one_is_there()
    {
        var old = RuleTable.Empty.Apply(new Dictionary<string, byte[]?> { ["FE80::2"] = Snapshots.Bytes("""[{"path":"/old","mode":1}]""") });
        var both = old.Apply(new Dictionary<string, byte[]?> { ["fe80::2"] = Snapshots.Bytes("""[{"path":"/new","mode":1}]""") });
        var oldAgain = both.Apply(new Dictionary<string, byte[]?> { ["fe80::2"] = null });

        PathOf(old).Should().Be("/old");
        PathOf(both).Should().Be("/new");
        PathOf(oldAgain).Should().Be("/old");
    }

    private static string? PathOf(RuleTable table) => table.Of(Snapshots.Client("fe80::2"))?.Listed()[0].Path;

    private static Dictionary<string, byte[]?> Stored(string json) => new() { ["10.0.0.1"] = Snapshots.Bytes(json) };
}
