using Sync.Confd.Plan.Resources;

namespace Sync.Confd.Tests.Resources;

public sealed class GoNotationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("300ms", 300)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("2h45m", 9_900_000)]
    [InlineData("-1s", -1_000)]
    [InlineData("+2s", 2_000)]
    [InlineData("1000us", 1)]
    [InlineData("1000µs", 1)]
    [InlineData("1000000ns", 1)]
    [InlineData(".5s", 500)]
    public void A_duration_is_read(string text, long milliseconds) =>
        GoDuration.Parse(text).Should().Be(TimeSpan.FromMilliseconds(milliseconds));

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("5 s")]
    [InlineData("1d")]
    [InlineData("1.2.3s")]
    [InlineData("-")]
    [InlineData(".s")]
    [InlineData("9999999999h")]
    public void What_is_no_duration_is_refused(string text) => GoDuration.Parse(text).Should().BeNull();

    [Theory]
    [InlineData(30_000, "30s")]
    [InlineData(90_000, "1m30s")]
    [InlineData(3_600_000, "1h0m0s")]
    [InlineData(1_500, "1.5s")]
    [InlineData(20, "20ms")]
    public void A_duration_is_written(long milliseconds, string text) =>
        GoDuration.Format(TimeSpan.FromMilliseconds(milliseconds)).Should().Be(text);

    [Theory]
    [InlineData("600", 600)]
    [InlineData("0x10", 16)]
    [InlineData("0o17", 15)]
    [InlineData("017", 15)]
    [InlineData("0b11", 3)]
    [InlineData("1_000", 1000)]
    [InlineData("0x_f", 15)]
    [InlineData("-5", -5)]
    [InlineData("0", 0)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    public void An_integer_is_read_in_any_base(string text, long value) => GoInteger.Parse(text).Should().Be(value);

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("1__0")]
    [InlineData("_1")]
    [InlineData("1_")]
    [InlineData("08")]
    [InlineData("0x")]
    [InlineData("9223372036854775808")]
    [InlineData("1.5")]
    public void What_is_no_integer_is_refused(string text) => GoInteger.Parse(text).Should().BeNull();

    [Theory]
    [InlineData("0644", 420)]
    [InlineData("0o644", 420)]
    [InlineData("644", 420)]
    [InlineData("04755", 493)]
    [InlineData("0600", 384)]
    public void A_mode_is_octal_and_loses_the_bits_that_are_no_permission(string text, int mode) =>
        ResourceText.ParseMode(text).Should().Be(mode);

    [Theory]
    [InlineData("zz")]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("0999")]
    [InlineData("0x10000")]
    public void What_is_no_mode_is_refused(string text) => ResourceText.ParseMode(text).Should().BeNull();
}
