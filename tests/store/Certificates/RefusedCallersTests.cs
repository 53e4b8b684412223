using System.Globalization;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using Sync.Store.Certificates;

namespace Sync.Store.Tests.Certificates;

public class RefusedCallersTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void The_same_reason_of_an_address_is_told_once_a_minute()
    {
        var callers = new RefusedCallers(_time);

        callers.IsToBeTold(Caller("10.0.0.1:1"), "expired").Should().BeTrue();
        callers.IsToBeTold(Caller("10.0.0.1:2"), "expired").Should().BeFalse();
        callers.IsToBeTold(Caller("10.0.0.1:3"), "none").Should().BeTrue();
        callers.IsToBeTold(Caller("10.0.0.2:1"), "expired").Should().BeTrue();

        _time.Advance(TimeSpan.FromMinutes(1));
        callers.IsToBeTold(Caller("10.0.0.1:4"), "expired").Should().BeTrue();
    }

    [Fact]
    public void Reasons_that_strangers_make_up_do_not_fill_the_log()
    {
        var callers = new RefusedCallers(_time);

        var told = Enumerable.Range(0, 1000)
            .Count(number => callers.IsToBeTold(Caller("10.0.0.1:1"), number.ToString(CultureInfo.InvariantCulture)));

        told.Should().Be(20);
    }

    private static IPEndPoint Caller(string text) => IPEndPoint.Parse(text);
}
