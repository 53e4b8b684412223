using Sync.TestKit;

namespace Sync.Etcd.Client.Tests.Control;

/// <summary>
/// Storectl prints what etcdctl prints: each script runs with either on a server of its own, alike to the
/// last number.
/// </summary>
public sealed class GoldenTests
{
    // The same advertised addresses give both servers the same ids.
    private static readonly string[] Alike =
    [
        "--initial-advertise-peer-urls", "http://127.0.0.1:1",
        "--initial-cluster", "default=http://127.0.0.1:1",
        "--advertise-client-urls", "http://127.0.0.1:2",
    ];

    [DebianTheory("etcd", "etcdctl")]
    [InlineData("keys")]
    [InlineData("ranges")]
    [InlineData("transactions")]
    [InlineData("leases")]
    [InlineData("maintenance")]
    [InlineData("users")]
    [InlineData("refusals")]
    public async Task Storectl_prints_what_etcdctl_prints(string name)
    {
        var script = await File.ReadAllTextAsync(
            Repository.At("tests", "client", "Control", "Scripts", name + ".script"));
        await using var theirs = await EtcdFixture.StartAsync(Deadline.Default, Alike);
        await using var ours = await EtcdFixture.StartAsync(Deadline.Default, Alike);

        var expected = await ControlScript.OfEtcdctl(theirs.Server.Endpoint).RunAsync(script);
        var printed = await ControlScript.OfStorectl(ours.Server.Endpoint).RunAsync(script);

        var differing = expected.Zip(printed).Where(pair => pair.First != pair.Second)
            .Select(pair => $"etcdctl: {pair.First}\nstorectl: {pair.Second}");
        string.Join("\n\n", differing).Should().BeEmpty();
        printed.Should().HaveSameCount(expected);
    }
}
