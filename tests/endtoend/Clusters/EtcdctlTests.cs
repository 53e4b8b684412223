using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Sync.Etcd.Api;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>What else Debian's etcdctl asks of three members, and storectl of what it saved.</summary>
[Trait("Category", "Long")]
public sealed class EtcdctlTests(ThreeMembers members) : IClassFixture<ThreeMembers>
{
    // Stands behind a saved snapshot and does not count as a part of it.
    private const int DigestBytes = 32;

    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(30);

    private StoreCluster Cluster => members.Cluster;

    private ClusterClient Client => members.Client;

    private CancellationToken Limit { get; } = Deadline.In(TimeSpan.FromMinutes(4));

    [DebianFact("etcdctl")]
    public async Task Etcdctl_lists_the_members_in_every_form()
    {
        var etcdctl = ControlProgram.Etcdctl(Cluster);

        var table = await etcdctl.RunAsync(Limit, "member", "list", "-w", "table");
        var json = await etcdctl.RunAsync(Limit, "member", "list", "-w", "json");
        var fields = await etcdctl.RunAsync(Limit, "member", "list", "-w", "fields");

        table.Should().HaveCount(3 + 1 + 3, "three members stand between three lines, below their titles");
        using var listed = JsonDocument.Parse(json.Should().ContainSingle().Subject);
        var members = listed.RootElement.GetProperty("members").EnumerateArray().ToList();
        members.Should().HaveCount(3);
        foreach (var seat in Cluster.Seats)
        {
            table.Should().ContainSingle(line => line.Contains(
                $"| started |   {seat.Name} | {seat.PeerUrl.OriginalString} |", StringComparison.Ordinal));
            var member = members.Single(each => each.GetProperty("name").GetString() == seat.Name);
            member.GetProperty("peerURLs")[0].GetString().Should().Be(seat.PeerUrl.OriginalString);
            member.GetProperty("clientURLs")[0].GetString().Should().Be(seat.ClientUrl.OriginalString);
            fields.Should().Contain($"\"ID\" : {member.GetProperty("ID").GetUInt64()}");
            fields.Should().Contain($"\"Name\" : \"{seat.Name}\"");
        }
    }

    [DebianFact("etcdctl")]
    public async Task Etcdctl_finds_the_same_hash_at_every_member()
    {
        await Client.PutAsync(0, "hashed", "value", CallMax);
        for (var member = 0; member < 3; member++)
        {
            (await Client.GetAsync(member, "hashed", CallMax)).Should().Be("value");
        }

        var hashes = await ControlProgram.Etcdctl(Cluster).At(Cluster.Members[2])
            .RunAsync(Limit, "endpoint", "hashkv", "--cluster");

        hashes.Select(line => line.Split(", ")[0]).Should().BeEquivalentTo(
            Cluster.Seats.Select(seat => seat.ClientUrl.OriginalString));
        hashes.Select(line => line.Split(", ")[1]).Distinct().Should().ContainSingle()
            .Which.Should().MatchRegex("^[1-9][0-9]*$");
    }

    [DebianFact("etcdctl")]
    public async Task Etcdctl_saves_a_followers_snapshot_and_storectl_tells_in_every_form_what_it_holds()
    {
        using var folder = new TempDirectory();
        var file = folder.At("saved");
        var follower = ((await Client.FindLeaderAsync(Limit)) + 1) % 3;
        await Client.PutAsync(follower, "saved", "value", CallMax);
        var all = await Client.Kv(follower).RangeAsync(
            new RangeRequest { Key = ByteString.CopyFrom(0), RangeEnd = ByteString.CopyFrom(0), CountOnly = true },
            cancellationToken: Limit);
        var hash = await Client.Maintenance(follower).HashKVAsync(new HashKVRequest(), cancellationToken: Limit);
        var storectl = ControlProgram.Storectl(Cluster);

        (await ControlProgram.Etcdctl(Cluster).At(Cluster.Members[follower]).RunAsync(Limit, "snapshot", "save", file))
            .Should().Contain($"Snapshot saved at {file}");
        var table = await storectl.RunAsync(Limit, "snapshot", "status", file, "-w", "table");
        var json = await storectl.RunAsync(Limit, "snapshot", "status", file, "-w", "json");
        var fields = await storectl.RunAsync(Limit, "snapshot", "status", file, "-w", "fields");

        var (size, revision) = (new FileInfo(file).Length - DigestBytes, hash.Header.Revision);
        json.Should().Equal(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"hash\":{hash.Hash},\"revision\":{revision},\"totalKey\":{all.Count},\"totalSize\":{size}}}"));
        fields.Should().Equal(
            string.Create(CultureInfo.InvariantCulture, $"\"Hash\" : {hash.Hash}"),
            string.Create(CultureInfo.InvariantCulture, $"\"Revision\" : {revision}"),
            string.Create(CultureInfo.InvariantCulture, $"\"Keys\" : {all.Count}"),
            string.Create(CultureInfo.InvariantCulture, $"\"Size\" : {size}"));
        table.Should().HaveCount(5);
        table[1].Should().MatchRegex(@"^\| +HASH +\| REVISION \| TOTAL KEYS \| TOTAL SIZE \|$");
        table[3].Should().MatchRegex(string.Create(
            CultureInfo.InvariantCulture, $@"^\| +{hash.Hash:x} \| +{revision} \| +{all.Count} \| +[0-9.]+ kB \|$"));
    }

    // A minute of 150 writes a second by 50 clients. How long the slowest one took is the machine's matter.
    [DebianFact("etcdctl")]
    public async Task Etcdctls_check_of_the_performance_gets_the_writes_that_it_wants()
    {
        var ended = await ControlProgram.Etcdctl(Cluster).TryAsync(Limit, "check", "perf", "--load=s");

        ended.StandardOutput.Should().Contain("PASS: Throughput is ").And.NotContain("too many errors");
        var left = await Client.Kv(0).RangeAsync(
            new RangeRequest
            {
                Key = ByteString.CopyFromUtf8("/etcdctl-check-perf/"),
                RangeEnd = ByteString.CopyFromUtf8("/etcdctl-check-perf0"),
                CountOnly = true,
            },
            cancellationToken: Limit);
        left.Count.Should().Be(0, "it removes what it wrote");
    }
}
