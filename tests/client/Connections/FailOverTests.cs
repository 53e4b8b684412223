using Grpc.Core;
using Sync.TestKit;

namespace Sync.Etcd.Client.Tests.Connections;

public sealed class FailOverTests
{
    [DebianFact("etcd")]
    public async Task What_was_never_sent_goes_to_the_next_endpoint()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        using var client = new EtcdClient(
            EtcdFixture.OptionsFor($"127.0.0.1:{FreePort.Take()}", etcd.Server.Endpoint));

        await client.PutAsync("a", "1", cancellation: Deadline.Default);
        var pair = await client.GetAsync("a", Deadline.Default);

        pair!.ValueText.Should().Be("1");
        client.Endpoint.Authority.Should().Be(etcd.Server.Endpoint);
    }

    [DebianFact("etcd")]
    public async Task A_read_of_a_silent_endpoint_is_answered_by_another()
    {
        await using var silent = await EtcdFixture.StartAsync(Deadline.Default);
        await using var other = await EtcdFixture.StartAsync(Deadline.Default);
        await other.Client.PutAsync("a", "1");
        var options = EtcdFixture.OptionsFor(silent.Server.Endpoint, other.Server.Endpoint) with
        {
            AttemptTimeout = TimeSpan.FromMilliseconds(300),
        };
        using var client = new EtcdClient(options);
        await client.GetAsync("a", Deadline.Default);

        await silent.Server.Process.PauseAsync();
        var pair = await client.GetAsync("a", Deadline.Default);
        await silent.Server.Process.ResumeAsync();

        pair!.ValueText.Should().Be("1");
    }

    [Fact]
    public async Task A_store_that_is_nowhere_is_told_within_the_time_of_a_request()
    {
        var options = EtcdFixture.OptionsFor($"127.0.0.1:{FreePort.Take()}") with
        {
            RequestTimeout = TimeSpan.FromSeconds(5),
        };
        using var client = new EtcdClient(options);

        var act = () => client.PutAsync("a", "1", cancellation: Deadline.Default);

        (await act.Should().ThrowAsync<RpcException>()).Which.StatusCode.Should().Be(StatusCode.Unavailable);
    }

    [Fact]
    public async Task A_wait_beyond_the_time_of_a_request_does_not_hide_that_the_store_is_nowhere()
    {
        var options = EtcdFixture.OptionsFor($"127.0.0.1:{FreePort.Take()}") with
        {
            RequestTimeout = TimeSpan.FromSeconds(5),
        };
        using var client = new EtcdClient(options, new LateTimers(options.RequestTimeout));

        var act = () => client.PutAsync("a", "1", cancellation: Deadline.Default);

        (await act.Should().ThrowAsync<RpcException>()).Which.StatusCode.Should().Be(StatusCode.Unavailable);
    }

    [Fact]
    public async Task A_cancelled_call_says_so()
    {
        using var client = new EtcdClient(EtcdFixture.OptionsFor($"127.0.0.1:{FreePort.Take()}"));
        using var stop = new CancellationTokenSource();

        var call = client.GetAsync("a", stop.Token);
        await stop.CancelAsync();
        var act = () => call;

        await act.Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public void A_client_of_no_endpoint_is_refused()
    {
        var act = () => new EtcdClient(EtcdFixture.OptionsFor());

        act.Should().Throw<ArgumentException>().WithMessage("*at least one host:port*");
    }

    /// <summary>The machine's clock with timers that fire too late, as they do where all cores are busy.</summary>
    private sealed class LateTimers(TimeSpan lateness) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime + lateness, period);
    }
}
