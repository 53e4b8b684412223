using System.Text;
using Sync.Confd.Sources;

namespace Sync.Confd.Tests;

public sealed class KeyFileTests
{
    [Theory]
    [InlineData("a: 1", "/a=1")]
    [InlineData("{\"a\": {\"b\": [\"x\", \"y\"]}}", "/a/b/0=x /a/b/1=y")]
    [InlineData("a: true\nb: False\nc: 'true'", "/a=true /b=false /c=true")]
    [InlineData("a: 0o17\nb: 0x1F\nc: -3\nd: +4", "/a=15 /b=31 /c=-3 /d=4")]
    [InlineData("a: 1e21\nb: 1.50\nc: .5\nd: 1e-7", "/a=1000000000000000000000 /b=1.5 /c=0.5 /d=0.0000001")]
    [InlineData("a: null\nb: ~\nc:\nd: {}\ne: []\nf: ''", "/f=")]
    [InlineData("a: 9223372036854775808\nb: 9223372036854775807", "/b=9223372036854775807")]
    [InlineData("a/b: 1\n\"\":\n  c: 2", "/a/b=1 /c=2")]
    [InlineData("on: 1\nyes: 2\ntrue: 3\n5: 4", "/on=1 /yes=2 /true=3 /5=4")]
    [InlineData("a: 1.2.3\nb: v1\nc: 2024-01-02\nd: '5'", "/a=1.2.3 /b=v1 /c=2024-01-02 /d=5")]
    [InlineData("", "")]
    public void Each_scalar_becomes_a_key(string text, string keys) =>
        string.Join(' ', KeyFile.Flatten("f.yaml", text)
            .Select(key => $"{key.Name}={Encoding.UTF8.GetString(key.Value.Span)}")).Should().Be(keys);

    [Fact]
    public void A_file_that_is_no_map_is_refused() =>
        FluentActions.Invoking(() => KeyFile.Flatten("f.yaml", "- a"))
            .Should().Throw<KeySourceException>().WithMessage("f.yaml: the root has to be a map of keys");

    [Fact]
    public void Broken_text_names_its_line() =>
        FluentActions.Invoking(() => KeyFile.Flatten("f.yaml", "a: 1\nb: [1"))
            .Should().Throw<KeySourceException>().WithMessage("f.yaml:*: not YAML or JSON:*");

    [Theory]
    [InlineData("a: &all [*all]")]
    [InlineData("a: &all\n  b: *all")]
    [InlineData("{0}", "a: ", "[")]
    [InlineData("{0}", "a: ", "{a: ")]
    [InlineData("{0}", "", "- ")]
    public void A_value_that_holds_itself_or_is_nested_without_end_is_refused(string text, string head = "", string unit = "") =>
        FluentActions.Invoking(() => KeyFile.Flatten(
                "f.yaml", text.Replace("{0}", head + string.Concat(Enumerable.Repeat(unit, 50_000)), StringComparison.Ordinal)))
            .Should().Throw<KeySourceException>().WithMessage("f.yaml*");
}
