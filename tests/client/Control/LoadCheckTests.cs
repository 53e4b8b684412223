using Sync.Etcd.Client.Keys;
using Sync.Store.Ctl.Checks;
using Sync.TestKit;

namespace Sync.Etcd.Client.Tests.Control;

/// <summary>What <c>check perf</c> makes of a store.</summary>
public sealed class LoadCheckTests
{
    private static readonly LoadProfile Profile = new(WritesPerSecond: 100, Clients: 4, TimeSpan.FromSeconds(1));
    private static readonly Dictionary<string, int> NoErrors = [];

    [Fact]
    public void A_fast_and_even_store_passes() =>
        LoadVerdict.Of(Profile, TimeSpan.FromSeconds(1), [.. Enumerable.Repeat(0.01, 100)], NoErrors).Lines.Should().Equal(
            "PASS: Throughput is 101 writes/s", "PASS: Slowest request took 0.010000s", "PASS: Stddev is 0.000000s", "PASS");

    [Fact]
    public void Each_measure_beyond_its_limit_fails()
    {
        var verdict = LoadVerdict.Of(
            Profile, TimeSpan.FromSeconds(1), [0, 2], new Dictionary<string, int> { ["etcdserver: too many requests"] = 3 });

        verdict.Passes.Should().BeFalse();
        verdict.Lines.Should().Equal(
            "FAIL: too many errors",
            "FAIL: ERROR(etcdserver: too many requests) -> 3",
            "FAIL: Throughput too low: 3 writes/s",
            "Slowest request took too long: 2.000000s",
            "Stddev too high: 1.000000s",
            "FAIL");
    }

    [DebianFact("etcd")]
    public async Task Every_write_of_the_profile_is_made()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        var run = new LoadRun(Profile, "/check/", error => error.Status.Detail);

        await run.RunAsync(() => new EtcdClient(EtcdFixture.OptionsFor(etcd.Server.Endpoint)), Deadline.Default);

        (await etcd.Client.ListAsync([KeyRange.Prefix("/check/")])).Pairs.Should().HaveCount(100);
    }

    [DebianFact("etcd")]
    public async Task The_memory_that_data_takes_is_told_and_the_data_deleted()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);

        var printed = await ControlScript.OfStorectl(etcd.Server.Endpoint).RunAsync(
            "check datascale --auto-compact --auto-defrag\nget /etcdctl-check-datascale/ --prefix --keys-only");

        printed[0].ExitCode.Should().Be(0);
        printed[0].Output.Should().Be(
            "Start data scale check for work load [10000 key-value pairs, 1024 bytes per key-value, "
            + "50 concurrent clients].\nPASS: Approximate system memory used : SIZE.\n");
        printed[1].Output.Should().BeEmpty();
        (await etcd.Client.GetAsync("any")).Should().BeNull();
        (await etcd.Client.PutAsync("any", "")).Should().Be(10_003, "each pair, and what deletes them, was one revision");
    }

    [DebianTheory("etcd")]
    [InlineData("check datascale --load huge", 4, "Error: unknown load option huge\n")]
    [InlineData(
        "check datascale --prefix /used/", 3,
        "Error: prefix \"/used/\" has keys. Delete with storectl del --prefix /used/ first.\n")]
    public async Task A_load_that_cannot_be_put_on_is_refused(string command, int exitCode, string error)
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        await etcd.Client.PutAsync("/used/key", "");

        var printed = await ControlScript.OfStorectl(etcd.Server.Endpoint).RunAsync(command);

        printed[0].Should().BeEquivalentTo(new { Output = "", Error = error, ExitCode = exitCode });
    }

    [Theory]
    [InlineData("# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes 6.279168e+07\n", 62_791_680.0)]
    [InlineData("process_open_fds 19\n", null)]
    [InlineData("", null)]
    public void Memory_is_read_from_the_metrics_page(string metrics, double? bytes) =>
        DataScaleRun.ResidentBytes(metrics).Should().Be(bytes);
}
