using System.Globalization;
using System.Net;
using System.Text;
using Sync.Metad.Model.Backends;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Mapping;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Tests.Mapping;

/// <summary>Which entry counts for a caller.</summary>
public sealed class MappingTableTests
{
    private const string Data = """{"d":{"exact":"1","long":"2","short":"3","name":"4","all":"5"}}""";

    private static readonly string[] Entries =
    [
        "10.0.0.1", "10.0.0.2", "10.0.0.0/24", "10.0.0.1/32", "10.0.0.0/8", "10.128.0.0/9", "0.0.0.0/0", "fd00::1", "fd00::/8",
        "fd00::/64", "::/0", "fe80::%eth0/64", "fe80::/64", "uid:7", "id:a", "default",
    ];

    private static readonly string[] Callers =
    [
        "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.200.0.1", "192.168.0.1", "fd00::1", "fd00::2", "fd01::1", "fe80::1%eth0",
        "fe80::1%eth1", "2001:db8::1",
    ];

    [Theory]
    [InlineData("10.1.0.1", "1")]
    [InlineData("10.1.0.2", "2")]
    [InlineData("10.2.0.1", "3")]
    [InlineData("192.168.0.1", "5")]
    [InlineData("fd00::1", "5")]
    public void The_most_specific_entry_counts_alone(string client, string expected)
    {
        var snapshot = Snapshots.Of(Data, """
            {"10.1.0.1":{"x":"/d/exact"},"10.1.0.0/16":{"x":"/d/long"},"10.0.0.0/8":{"x":"/d/short","more":"/d"},
             "default":{"x":"/d/all"}}
            """);

        snapshot.Body(client, "/self/x").Should().Be($"\"{expected}\"");
        snapshot.Body(client, "/self/more").Should().Match(body => (expected == "3") != (body == "404"), "entries are not merged");
    }

    [Fact]
    public void A_name_counts_before_a_block_and_a_caller_without_address_has_the_entry_for_everybody()
    {
        var snapshot = Snapshots.Of(Data, """{"uid:7":{"x":"/d/name"},"10.0.0.0/8":{"x":"/d/short"},"default":{"x":"/d/all"}}""");

        ValueOf(snapshot, new(Snapshots.Address("10.0.0.1"), [ClientName.OfUser(7)])).Should().Be("\"4\"");
        ValueOf(snapshot, new(address: null, [ClientName.OfUser(8)])).Should().Be("\"5\"");
    }

    [Fact]
    public void An_entry_lets_its_callers_read_its_targets_and_nothing_else()
    {
        var snapshot = Snapshots.Of(Data, """{"10.0.0.0/8":{"x":"/d/short"}}""");

        snapshot.Body("10.9.9.9", "/").Should().Be("""{"d":{"short":"3"},"self":{"x":"3"}}""");
        snapshot.Body("10.9.9.9", "/d/all").Should().Be("404");
        snapshot.Body("11.0.0.1", "/").Should().Be("404");
    }

    [Fact]
    public void A_block_that_another_program_stored_by_a_later_address_counts_after_the_canonical_spelling()
    {
        var builder = new SnapshotBuilder(new("", "default"));
        builder.Apply(1, [Value("/v", "old"), Value("/w", "new"), Mapping("10.0.0.9%2f8", "/v")]);
        builder.Current.Body("10.3.0.1", "/self").Should().Be("""{"x":"old"}""");

        builder.Apply(2, [Mapping("10.0.0.0%2F8", "/w")]);
        builder.Current.Body("10.3.0.1", "/self").Should().Be("""{"x":"new"}""");
        builder.Current.Mapping.SpellingsOf(MetadataPath.Split("/10.7.7.7%2F8/x")).Select(place => place.ToString())
            .Should().Equal("/10.0.0.0%2F8/x", "/10.0.0.9%2f8/x");

        builder.Apply(3, [Mapping("10.0.0.0%2F8", null), Mapping("10.0.0.9%2f8", null)]);
        builder.Current.Body("10.3.0.1", "/self").Should().Be("404");
    }

    [Fact]
    public void A_bare_value_at_a_block_is_no_entry()
    {
        var builder = new SnapshotBuilder(new("", "default"));
        builder.Apply(1, [Value("/v", "v"), Mapping("10.0.0.0%2F8", "/v"),
            new("/_metad/mapping/default/10.1.0.0%2F16"u8.ToArray(), "/v"u8.ToArray())]);

        builder.Current.Body("10.1.0.1", "/self").Should().Be("""{"x":"v"}""");
    }

    [Fact]
    public void Blocks_that_come_and_go_count_as_a_plain_list_of_them_would()
    {
        var random = new Random(77);
        var builder = new SnapshotBuilder(new("", "default"));
        var stored = new HashSet<string>(StringComparer.Ordinal);
        for (var round = 1; round < 500; round++)
        {
            var changes = Entries.Where(_ => random.Next(4) == 0).Select(entry =>
            {
                var isPut = stored.Add(entry) || !stored.Remove(entry);
                return Mapping(MappingEntry.Canonical(entry)!, isPut ? "/v" : null);
            });
            builder.Apply(round, [.. changes]);

            foreach (var caller in Callers)
            {
                var names = random.Next(2) == 0 ? new[] { "id:a", "uid:7" } : [];
                KeyOf(builder.Current, caller, names).Should().Be(Naive(stored, caller, names), $"{caller} in {string.Join(' ', stored)}");
            }
        }
    }

    private static string? KeyOf(MetadataSnapshot snapshot, string caller, string[] names)
    {
        var client = new ClientIdentity(Snapshots.Address(caller), [.. names.Select(Name)]);
        return snapshot.Mapping.Of(client) is { } node ? Encoding.UTF8.GetString(node.Name.Bytes) : null;

        static ClientName Name(string text) => ClientName.TryParse(text, out var name) ? name : throw new ArgumentException(text);
    }

    // By bits of text, one after the other.
    private static string? Naive(HashSet<string> stored, string caller, string[] names)
    {
        var blocks =
            from entry in stored
            where entry.Contains('/', StringComparison.Ordinal)
            let network = entry[..entry.IndexOf('/', StringComparison.Ordinal)]
            let zone = network.Contains('%', StringComparison.Ordinal) ? network[network.IndexOf('%', StringComparison.Ordinal)..] : ""
            let length = int.Parse(entry[(entry.IndexOf('/', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture)
                + (network.Contains(':', StringComparison.Ordinal) ? 0 : 96)
            where Bits(network)[..length] == Bits(caller)[..length] && caller.EndsWith(zone, StringComparison.Ordinal)
            orderby length descending, zone.Length == 0 ? 0 : 1
            select entry;
        return names.FirstOrDefault(stored.Contains)
            ?? (stored.Contains(caller) ? caller : null)
            ?? (blocks.FirstOrDefault() is { } block ? MappingEntry.Canonical(block) : null)
            ?? (stored.Contains("default") ? "default" : null);
    }

    private static string Bits(string address) => string.Concat(
        IPAddress.Parse(address.Split('%')[0]).MapToIPv6().GetAddressBytes().Select(part => part.ToString("b8", CultureInfo.InvariantCulture)));

    private static string ValueOf(MetadataSnapshot snapshot, ClientIdentity client) => Snapshots.Body(
        snapshot.For(client, default).Find(MetadataPath.Split("/self/x")), Model.Formats.BodyFormat.Json);

    private static BackendChange Value(string path, string value) => new(Snapshots.Bytes(path), Snapshots.Bytes(value));

    private static BackendChange Mapping(string key, string? target) =>
        new(Snapshots.Bytes($"/_metad/mapping/default/{key}/x"), target is null ? null : Snapshots.Bytes(target));
}
