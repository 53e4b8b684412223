using Sync.Metad.Model.Formats;

namespace Sync.Metad.Tests.Formats;

public sealed class AcceptHeaderTests
{
    [Theory]
    [InlineData(null, BodyFormat.Text)]
    [InlineData("", BodyFormat.Text)]
    [InlineData("*/*", BodyFormat.Text)]
    [InlineData("text/*", BodyFormat.Text)]
    [InlineData("garbage", BodyFormat.Text)]
    [InlineData(";;,,=", BodyFormat.Text)]
    [InlineData("text/html", BodyFormat.Text)]
    [InlineData("application/xml", BodyFormat.Text)]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", BodyFormat.Text)]
    [InlineData("application/yaml", BodyFormat.Yaml)]
    [InlineData("application/x-yaml", BodyFormat.Yaml)]
    [InlineData("text/yaml", BodyFormat.Yaml)]
    [InlineData("text/x-yaml", BodyFormat.Yaml)]
    [InlineData("application/json;q=0.2,application/yaml;q=0.9", BodyFormat.Yaml)]
    [InlineData("application/json", BodyFormat.Json)]
    [InlineData("application/*", BodyFormat.Json)]
    [InlineData("application/json,application/yaml", BodyFormat.Json)]
    [InlineData("application/yaml,application/json", BodyFormat.Json)]
    [InlineData("application/json;q=0", BodyFormat.Text)]
    [InlineData("application/json; charset=utf-8", BodyFormat.Json)]
    [InlineData("APPLICATION/JSON", BodyFormat.Json)]
    [InlineData("*/*, application/json", BodyFormat.Json)]
    [InlineData("application/*, text/yaml", BodyFormat.Yaml)]
    [InlineData("application/json;q=0.5, */*", BodyFormat.Text)]
    public void A_header_chooses_a_form(string? accept, BodyFormat expected) =>
        AcceptHeader.Choose(accept).Should().Be(expected);
}
