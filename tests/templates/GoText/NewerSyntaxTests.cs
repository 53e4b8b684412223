using System.Text;
using static Sync.Templates.Tests.Rendered;

namespace Sync.Templates.Tests.GoText;

/// <summary>What Go got after 1.19, which a template may use only when the option says so.</summary>
public sealed class NewerSyntaxTests
{
    private static readonly TemplateOptions Newer = new() { NewerGoSyntax = true };

    [Theory]
    [InlineData("{{range 3}}{{.}}{{end}} {{range $i := 2}}{{$i}}{{end}} {{range 0}}x{{else}}none{{end}} {{range 4}}{{if eq . 2}}{{break}}{{end}}{{.}}{{end}}", "012 01 none 01")]
    [InlineData("{{with \"\"}}a{{else with \"b\"}}{{.}}{{else}}c{{end}} {{with 0}}a{{else with 0}}b{{else}}c{{end}}", "b c")]
    public void Newer_syntax_works_behind_the_option(string text, string expected) =>
        Render(TemplateLanguage.Go, text, options: Newer).Text().Should().Be(expected);

    [Fact]
    public void A_range_over_an_integer_has_one_variable() =>
        Render(TemplateLanguage.Go, "{{range $i, $e := 3}}{{end}}", options: Newer).Error!.Text.Should().Be(
            "template: t:1:18: executing \"t\" at <3>: can't use 3 to iterate over more than one variable");

    [Fact]
    public void A_huge_range_over_an_integer_ends_at_the_limit() =>
        Render(TemplateLanguage.Go, "{{range 9223372036854775807}}{{end}}", options: Newer).Error!.Message.Should().Contain("loop iterations");

    [Fact]
    public void Without_the_option_it_is_what_Go_1_19_makes_of_it()
    {
        var parsed = Template.Parse("t", Encoding.UTF8.GetBytes("{{with 0}}{{else with 1}}{{end}}"), TemplateLanguage.Go, new());
        var range = Render(TemplateLanguage.Go, "{{range 3}}{{end}}");

        parsed.Diagnostics[0].Text.Should().Be("template: t:1: unexpected <with> in else");
        range.Error!.Message.Should().Be("range can't iterate over 3");
    }
}
