using CsCheck;
using Sync.Confd.Plan.Scheduling;

namespace Sync.Confd.Tests.Scheduling;

public sealed class PauseTests
{
    private static readonly Gen<TimeSpan> Spans = Gen.Int[0, 10_000].Select(value => TimeSpan.FromMilliseconds(value));

    [Theory]
    [InlineData("0", 0, 0)]
    [InlineData("2s", 2, 8)]
    [InlineData("2s:3s", 2, 3)]
    [InlineData("2s:2s", 2, 2)]
    public void A_wait_has_a_least_and_a_longest_time(string text, int quiet, int longest) =>
        Quiescence.Parse(text).Should().Be(new Quiescence(TimeSpan.FromSeconds(quiet), TimeSpan.FromSeconds(longest)));

    [Theory]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("3s:2s")]
    [InlineData("1s:2s:3s")]
    [InlineData("-1s")]
    public void What_is_no_wait_is_refused(string text) => Quiescence.Parse(text).Should().BeNull();

    [Fact]
    public void A_burst_ripens_after_its_last_change_but_never_later_than_the_longest_wait() =>
        Gen.Select(Spans, Spans, Spans, Spans).Sample((quiet, extra, first, more) =>
        {
            var wait = new Quiescence(quiet, quiet + extra);
            var ripe = wait.RipeAt(first, first + more);

            ripe.Should().BeLessThanOrEqualTo(first + wait.Longest);
            ripe.Should().BeLessThanOrEqualTo(first + more + quiet);
            (ripe == first + wait.Longest || ripe == first + more + quiet).Should().BeTrue();
        });

    [Fact]
    public void A_pause_doubles_up_to_the_longest_and_is_spread_by_a_third_at_most() =>
        Gen.Select(Gen.Int[1, 200], Gen.Double[0, 0.999]).Sample((failures, chance) =>
        {
            var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
            var exact = Math.Min(60, Math.Pow(2, failures - 1));

            backoff.PauseAfter(failures, chance).TotalSeconds.Should().BeInRange(exact * 0.7 - 0.001, exact * 1.3);
        });
}
