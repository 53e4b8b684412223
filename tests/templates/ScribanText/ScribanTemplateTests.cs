using System.Text;
using Sync.Templates.Diagnostics;
using Sync.Templates.Keys;
using static Sync.Templates.Tests.Rendered;

namespace Sync.Templates.Tests.ScribanText;

public sealed class ScribanTemplateTests
{
    private static readonly KeySnapshot App = KeysOf(
        ("/app/name", "web"), ("/app/port", "8080"), ("/app/up/a", "10.0.0.1:80"), ("/app/up/b", "10.0.0.2:80"),
        ("/app/json", """{"n": 12345678, "f": 1.5, "list": [1, "two", null], "on": true}"""));

    [Theory]
    [InlineData("{{ getv '/app/name' }}", "web")]
    [InlineData("{{ getv '/missing' 'fallback' }}", "fallback")]
    [InlineData("{{ exists '/app/name' }} {{ exists '/app' }}", "true false")]
    [InlineData("{{ for pair in gets '/app/up/*' }}{{ base pair.key }}={{ pair.value }};{{ end }}", "a=10.0.0.1:80;b=10.0.0.2:80;")]
    [InlineData("{{ getvs '/app/up/*' | join ',' }}", "10.0.0.1:80,10.0.0.2:80")]
    [InlineData("{{ ls '/app' }} {{ lsdir '/app' }}", """["json", "name", "port", "up"] ["up"]""")]
    [InlineData("{{ (get '/app/port').value | atoi | add 1 }}", "8081")]
    [InlineData("{{ d = json (getv '/app/json') }}{{ d.n }} {{ d.f }} {{ d.list[1] }} {{ d.on }}", "12345678 1.5 two true")]
    [InlineData("{{ to_upper 'abc' }}{{ toUpper 'abc' }} {{ base64_encode 'hi' }}", "ABCABC aGk=")]
    [InlineData("{{ seq 1 3 | array.join '-' }}", "1-2-3")]
    [InlineData("{{ printf '%05.1f|%q' 2.25 'x' }}", "002.2|\"x\"")]
    [InlineData("{{ kv.app.up.b }} {{ kv.app.name }}", "10.0.0.2:80 web")]
    [InlineData("{{ split 'a:b' ':' | reverse | join '' }}", "ba")]
    [InlineData("{{ join [1, true, 'x'] '/' }}", "1/true/x")]
    public void The_function_library_works_in_Scriban(string text, string expected)
    {
        var result = Render(TemplateLanguage.Scriban, text, App);

        result.Text().Should().Be(expected);
    }

    [Theory]
    [InlineData("x\n  {{ getv '/nope' }}", 2, 6, "error calling getv: key does not exist: /nope")]
    [InlineData("{{ misspelt }}", 1, 4, "The variable or function `misspelt` was not found")]
    [InlineData("{{ a = {}; a.b.c }}", 1, 14, "Cannot get member with name b.")]
    [InlineData("{{ to_upper 5 }}", 1, 4, "error calling toUpper: wrong type for value; expected string; got int")]
    [InlineData("{{ getenv 'HOME' }}", 1, 4, "The variable or function `getenv` was not found")]
    public void A_failing_render_names_its_place(string text, int line, int column, string message)
    {
        var result = Render(TemplateLanguage.Scriban, text, App);

        result.Error.Should().Be(new Diagnostic("t", line, column, message, $"t({line},{column}) : error : {message}"));
    }

    [Fact]
    public void A_parse_reports_every_fault_with_its_place()
    {
        var parsed = Template.Parse("bad.sbn", "{{ if }}\n{{ 1 + }}\n{{ end }}"u8.ToArray(), TemplateLanguage.Scriban, new());

        parsed.IsValid.Should().BeFalse();
        parsed.Diagnostics.Select(fault => (fault.File, fault.Line)).Should().Contain([("bad.sbn", 1), ("bad.sbn", 2)]);
    }

    [Fact]
    public void Outside_functions_work_when_the_operator_allows_them()
    {
        var host = Host with { EnvironmentVariable = name => name == "HOME" ? "/home/x" : null };
        var options = new TemplateOptions { ScribanReachesOutside = true };

        var result = Render(TemplateLanguage.Scriban, "{{ getenv 'HOME' }} {{ getenv 'NONE' 'd' }} {{ env.HOME }}", null, options, host);

        result.Text().Should().Be("/home/x d /home/x");
    }

    [Fact]
    public void Includes_come_from_the_host_and_see_the_same_functions()
    {
        var host = Host with
        {
            ReadTemplate = name => name == "parts/head.sbn" ? "[{{ getv '/app/name' }}]"u8.ToArray() : null,
        };

        var result = Render(TemplateLanguage.Scriban, "{{ include 'parts/head.sbn' }}!", App, host: host);

        result.Text().Should().Be("[web]!");
    }

    [Fact]
    public void Includes_are_not_indented_by_what_stands_before_them()
    {
        var host = Host with { ReadTemplate = _ => "a\nb"u8.ToArray() };

        Render(TemplateLanguage.Scriban, "x:\n    {{ include 'p' }}", host: host).Text().Should().Be("x:\n    a\nb");
    }

    [Theory]
    [InlineData(FunctionSet.Confd, "a: 1\n")]
    [InlineData(FunctionSet.Yunify, "a: 1\n")]
    [InlineData(FunctionSet.Abtreece, "a: 1\n")]
    [InlineData(FunctionSet.ConsulTemplate, "a: 1")]
    public void An_alias_of_two_functions_is_that_of_the_set_s_own_family(FunctionSet set, string expected) =>
        Render(TemplateLanguage.Scriban, "{{ to_yaml {a: 1} }}", options: new() { Functions = set }).Text().Should().Be(expected);

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../secret")]
    [InlineData("parts/../../secret")]
    [InlineData("parts\\\\x")]
    [InlineData("./x")]
    public void Includes_never_leave_the_template_root(string name)
    {
        var asked = new List<string>();
        var host = Host with { ReadTemplate = path => { asked.Add(path); return "x"u8.ToArray(); } };

        var result = Render(TemplateLanguage.Scriban, $"{{{{ include '{name}' }}}}", host: host);

        result.Error!.Message.Should().Contain("is outside the template directory");
        asked.Should().BeEmpty();
    }

    [Fact]
    public void A_missing_include_is_an_error_with_its_name()
    {
        var result = Render(TemplateLanguage.Scriban, "{{ include 'gone.sbn' }}");

        result.Error!.Message.Should().Contain("include gone.sbn: no such template");
    }

    [Fact]
    public void Bytes_that_are_no_text_pass_unchanged()
    {
        byte[] value = [0xE9, 0x00, 0xFF, (byte)'a', 0xC3, 0xA9];
        var keys = KeySnapshot.Of([new KeyEntry("/latin"u8.ToArray(), value)]);
        byte[] template = [0xE9, .. "{{ getv '/latin' }}"u8, 0xFE];
        var parsed = Template.Parse("t", template, TemplateLanguage.Scriban, new());

        var result = parsed.Template!.Render(new RenderInput { Keys = keys, Host = Host }, CancellationToken.None);

        result.Output.ToArray().Should().Equal([0xE9, .. value, 0xFE]);
    }

    [Fact]
    public void The_resource_and_the_keys_read_are_known()
    {
        var parsed = Template.Parse("t", "{{ resource.dest }} {{ getv '/app/name' }} {{ kv.app.port }}"u8.ToArray(),
            TemplateLanguage.Scriban, new());

        var result = parsed.Template!.Render(
            new RenderInput { Keys = App, Host = Host, Resource = new("s", "/etc/x.conf", "/") }, CancellationToken.None);

        Encoding.UTF8.GetString(result.Output.Span).Should().Be("/etc/x.conf web 8080");
        result.KeysRead.Should().BeEquivalentTo(
            [new KeyRead(KeyReadKind.Exact, "/app/name"), new KeyRead(KeyReadKind.All, "")]);
    }
}
