using Sync.Confd.Plan.Resources;

namespace Sync.Confd.Tests.Resources;

public sealed class CommandTests
{
    [Theory]
    [InlineData("check {{.src}}", "check /stage")]
    [InlineData("check {{ .src }} {{ .dest }}", "check /stage /file")]
    [InlineData("check {{- .src -}} now", "check/stagenow")]
    [InlineData("check {{.other}}", "check <no value>")]
    [InlineData("check {{.src}}{{.src}}", "check /stage/stage")]
    public void Places_are_filled(string text, string filled)
    {
        var command = new Command([text], UsesShell: true);

        command.Fault().Should().BeNull();
        command.ArgumentsFor("/stage", "/file").Should().Equal("/bin/sh", "-c", filled);
    }

    [Theory]
    [InlineData("a {{.src", "unclosed action")]
    [InlineData("a {{printf .src}}", "unknown action")]
    public void Anything_else_between_braces_is_refused(string text, string fault) =>
        new Command([text], UsesShell: true).Fault().Should().StartWith(fault);

    [Fact]
    public void A_path_with_a_template_in_its_name_is_not_filled_again() =>
        new Command(["{{.src}}"], UsesShell: false).ArgumentsFor("/{{.dest}}", "/file").Should().Equal("/{{.dest}}");

    [Fact]
    public void Words_and_shell_text_that_look_alike_are_different_commands() =>
        new Command(["a", "b"], UsesShell: false).Identity.Should()
            .NotBe(new Command(["a b"], UsesShell: true).Identity)
            .And.NotBe(new Command(["a b"], UsesShell: false).Identity);
}
