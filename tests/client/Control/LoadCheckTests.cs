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
}
