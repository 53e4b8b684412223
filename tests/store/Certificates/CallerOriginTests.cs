using System.Net;
using Microsoft.Extensions.Time.Testing;
using Sync.Store.Certificates;
using Sync.TestKit;

namespace Sync.Store.Tests.Certificates;

public class CallerOriginTests
{
    private const string Remedy = "; give it one for that address or for a name that leads there, or take members from "
        + "everywhere with --peer-skip-client-san-verification";

    private readonly FakeTimeProvider _time = new();
    private readonly FakeHosts _hosts = new();
    private readonly CancellationToken _limit = Deadline.Default;

    [Theory]
    [InlineData("", "10.0.0.9")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("10.0.0.2 10.0.0.1", "10.0.0.1")]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1")]
    [InlineData("fd00::1", "fd00::1")]
    [InlineData("10.0.0.1 unknown.test", "10.0.0.1")]
    public async Task An_address_in_the_certificate_needs_no_lookup(string certified, string caller)
    {
        (await FaultAsync(certified, caller)).Should().BeNull();

        _hosts.Asked.Should().BeEmpty();
    }

    [Theory]
    [InlineData("one.test", "10.0.0.1")]
    [InlineData("one.test", "::ffff:10.0.0.1")]
    [InlineData("one.test", "fd00::1")]
    [InlineData("10.9.9.9 unknown.test one.test", "10.0.0.1")]
    public async Task A_name_that_leads_to_the_address_counts(string certified, string caller)
    {
        _hosts.Add("one.test", "10.0.0.7", "10.0.0.1", "fd00::1");

        (await FaultAsync(certified, caller)).Should().BeNull();
    }

    [Theory]
    [InlineData("*.pods.test")]
    [InlineData("one.pods.test")]
    [InlineData("*.other.test *.pods.test")]
    public async Task An_address_that_leads_to_a_name_counts(string certified)
    {
        _hosts.AddAddress("10.0.0.1", "10-0-0-1.clients.test", "one.pods.test");

        (await FaultAsync(certified, "::ffff:10.0.0.1")).Should().BeNull();
    }

    [Fact]
    public async Task An_address_that_is_none_of_the_certificates_is_told_and_nothing_is_looked_up()
    {
        (await FaultAsync("10.0.0.2 fd00::1", "::ffff:10.0.0.1"))
            .Should().Be($"is for 10.0.0.2, fd00::1 and not for 10.0.0.1, from where it calls{Remedy}");

        _hosts.Asked.Should().BeEmpty();
    }

    [Fact]
    public async Task Names_that_lead_elsewhere_or_nowhere_are_told_with_what_the_name_service_said()
    {
        _hosts.Add("one.test", "10.0.0.2");

        (await FaultAsync("10.0.0.2 one.test *.pods.test two.test", "10.0.0.1"))
            .Should().Be("is for 10.0.0.2, one.test, *.pods.test, two.test and not for 10.0.0.1, from where it calls "
                + $"(10.0.0.1: unknown, two.test: unknown){Remedy}");
    }

    [Fact]
    public async Task What_was_asked_a_moment_ago_is_not_asked_again()
    {
        var origin = _hosts.NewOrigin(_time);
        (await FaultAsync(origin, "one.test", "10.0.0.1")).Should().NotBeNull();
        _hosts.Add("one.test", "10.0.0.1");
        (await FaultAsync(origin, "one.test", "10.0.0.1")).Should().NotBeNull();
        _hosts.Asked.Should().BeEquivalentTo("10.0.0.1", "one.test");

        _time.Advance(TimeSpan.FromSeconds(5));
        (await FaultAsync(origin, "one.test", "10.0.0.1")).Should().BeNull();
        _hosts.Asked.Should().BeEquivalentTo("10.0.0.1", "one.test", "10.0.0.1", "one.test");
    }

    [Fact]
    public async Task A_caller_waits_for_slow_lookups_so_long_and_finds_them_done_when_it_calls_again()
    {
        var slow = new TaskCompletionSource<LookupAnswer<IPAddress>>();
        var asked = 0;
        var origin = new CallerOrigin(
            _ =>
            {
                asked++;
                return slow.Task;
            },
            _hosts.NamesOfAsync,
            _time);

        var first = FaultAsync(origin, "one.test", "10.0.0.1");
        _time.Advance(CallerOrigin.Patience);
        (await first).Should().Contain("no answer while it waited");

        var second = FaultAsync(origin, "one.test", "10.0.0.1");
        slow.SetResult(new LookupAnswer<IPAddress>([IPAddress.Parse("10.0.0.1")]));
        (await second).Should().BeNull();
        asked.Should().Be(1);
    }

    [Fact]
    public async Task A_caller_that_gives_up_before_a_lookup_is_done_is_told_of()
    {
        var never = new TaskCompletionSource<LookupAnswer<IPAddress>>();
        var origin = new CallerOrigin(_ => never.Task, _hosts.NamesOfAsync, _time);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(_limit);

        var check = origin.FindFaultAsync(new CertifiedHosts([], ["one.test"]), IPAddress.Loopback, gone.Token);
        await gone.CancelAsync();

        (await check).Should().Contain("no answer while it waited");
    }

    private Task<string?> FaultAsync(string certified, string caller) =>
        FaultAsync(_hosts.NewOrigin(_time), certified, caller);

    private Task<string?> FaultAsync(CallerOrigin origin, string certified, string caller)
    {
        var words = certified.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var hosts = new CertifiedHosts(
            [.. words.Where(word => IPAddress.TryParse(word, out _)).Select(IPAddress.Parse)],
            [.. words.Where(word => !IPAddress.TryParse(word, out _))]);
        return origin.FindFaultAsync(hosts, IPAddress.Parse(caller), _limit);
    }
}
