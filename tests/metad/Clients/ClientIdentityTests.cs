using Sync.Metad.Model.Clients;

namespace Sync.Metad.Tests.Clients;

/// <summary>Callers with names: which mapping and which rules are theirs.</summary>
public sealed class ClientIdentityTests
{
    private const string Tree = """{"a":{"k":"a"},"b":{"k":"b"},"c":{"k":"c"}}""";
    private const string Mapping = """
        {"10.0.0.1":{"me":"/a"},"uid:7":{"me":"/b"},"cgroup:/web.service":{"me":"/c"}}
        """;

    [Theory]
    [InlineData("", "10.0.0.1", """{"me":{"k":"a"}}""")]
    [InlineData("uid:7", "10.0.0.1", """{"me":{"k":"b"}}""")]
    [InlineData("cgroup:/web.service uid:7", "10.0.0.1", """{"me":{"k":"c"}}""")]
    [InlineData("cgroup:/other.service uid:7", "", """{"me":{"k":"b"}}""")]
    [InlineData("uid:8", "", "404")]
    [InlineData("uid:8", "10.0.0.1", """{"me":{"k":"a"}}""")]
    public void The_first_key_with_a_mapping_counts(string names, string address, string expected) =>
        Self(Snapshots.Of(Tree, Mapping), names, address).Should().Be(expected);

    [Fact]
    public void The_first_name_with_rules_counts_before_any_address()
    {
        const string Rules = """
            {"uid:7":[{"path":"/b","mode":1}],"10.0.0.1":[{"path":"/","mode":0}],"*":[{"path":"/","mode":0}]}
            """;
        var snapshot = Snapshots.Of(Tree, Mapping, Rules);

        Self(snapshot, "uid:7", "10.0.0.1").Should().Be("""{"me":{"k":"b"}}""");
        Self(snapshot, "uid:8", "10.0.0.1").Should().Be("{}");
    }

    [Fact]
    public void Rules_for_everybody_cover_callers_without_an_address()
    {
        var snapshot = Snapshots.Of(Tree, Mapping, """{"*":[{"path":"/","mode":0}],"0.0.0.0/0":[{"path":"/","mode":1}]}""");

        Self(snapshot, "uid:7", "").Should().Be("{}");
    }

    [Theory]
    [InlineData("pid:5@9 cgroup:/a uid:7", "", "uid:7")]
    [InlineData("pid:5@9 pod:x:y uid:7", "", "pod:x:y")]
    [InlineData("pod:x:y", "10.0.0.1", "pod:x:y")]
    [InlineData("", "10.0.0.1", "10.0.0.1")]
    public void Limits_are_counted_for_what_a_caller_cannot_multiply(string names, string address, string expected) =>
        Identity(names, address).Account.Should().Be(expected);

    [Fact]
    public void Identities_are_equal_by_content()
    {
        Identity("uid:7", "").Should().Be(Identity("uid:7", ""));
        Identity("uid:7", "").GetHashCode().Should().Be(Identity("uid:7", "").GetHashCode());
        Identity("uid:7", "").Should().NotBe(Identity("uid:8", ""));
        Identity("", "10.0.0.1").Should().Be(new ClientIdentity(Snapshots.Address("10.0.0.1")));
        Identity("uid:7", "0.0.0.0").Should().NotBe(Identity("uid:7", ""), "no address is not the address of zeros");
    }

    private static string Self(Model.Views.MetadataSnapshot snapshot, string names, string address) => Snapshots.Body(
        snapshot.For(Identity(names, address), default).Find(Model.Paths.MetadataPath.Split("/self")),
        Model.Formats.BodyFormat.Json);

    private static ClientIdentity Identity(string names, string address) => new(
        address.Length == 0 ? null : Snapshots.Address(address),
        [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text =>
            ClientName.TryParse(text, out var name) ? name : throw new ArgumentException(text))]);
}
