using Sync.Confd.Plan.Resources;

namespace Sync.Confd.Tests.Resources;

public sealed class ResourceTextTests
{
    [Fact]
    public void Every_key_is_read()
    {
        var resource = Only("""
            [template]
            src = "nginx.conf.tmpl"
            dest = "/etc/nginx/nginx.conf"
            keys = ["/upstream", "/title"]
            prefix = "/app"
            mode = "0640"
            uid = 1
            gid = 2
            owner = "www"
            group = "adm"
            check_cmd = "nginx -t -c {{.src}}"
            reload_cmd = ["nginx", "-s", "reload"]
            check_cmd_timeout = "5s"
            reload_cmd_timeout = "1m"
            min_reload_interval = "10s"
            debounce = "2s:5s"
            required_keys = ["/title"]
            min_keys = 3
            create_dest_dirs = false
            write_mode = "inplace"
            funcs = "yunify"
            missing_key = "error"
            delims = ["<<", ">>"]
            follow_symlink = true
            sensitive = true
            """);

        resource.Source.Should().Be("nginx.conf.tmpl");
        resource.Destination.Should().Be("/etc/nginx/nginx.conf");
        resource.Keys.Should().Equal("/upstream", "/title");
        resource.Prefix.Should().Be("/app");
        resource.Mode.Should().Be(416);
        (resource.UserId, resource.GroupId, resource.Owner, resource.Group).Should().Be((1, 2, "www", "adm"));
        resource.CheckCommand!.ArgumentsFor("/s", "/d").Should().Equal("/bin/sh", "-c", "nginx -t -c /s");
        resource.ReloadCommand!.ArgumentsFor("/s", "/d").Should().Equal("nginx", "-s", "reload");
        resource.CheckTimeout.Should().Be(TimeSpan.FromSeconds(5));
        resource.ReloadTimeout.Should().Be(TimeSpan.FromMinutes(1));
        resource.ReloadInterval.Should().Be(TimeSpan.FromSeconds(10));
        resource.Wait.Should().Be(new Plan.Scheduling.Quiescence(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5)));
        (resource.KeysMin, resource.CreatesFolders, resource.WriteMode).Should().Be((3, false, WriteMode.InPlace));
        (resource.FollowsLink, resource.IsSensitive).Should().Be((true, true));
        (resource.Functions, resource.MissingKey, resource.Delimiters, resource.Contents).Should()
            .Be((Templates.FunctionSet.Yunify, Templates.MissingKey.Error, new Delimiters("<<", ">>"), null));
    }

    [Theory]
    [InlineData("src = \"a\"\ncontents = \"b\"", "contents: stands for the file that src names; give one of them")]
    [InlineData("src = \"a\"\nfuncs = \"sprig\"", "funcs: unknown value \"sprig\" (supported: auto, confd, yunify, abtreece, consul-template)")]
    [InlineData("src = \"a\"\nmissing_key = \"x\"", "missing_key: unknown value \"x\" (supported: default, error, zero)")]
    [InlineData("src = \"a\"\ndelims = [\"<<\"]", "delims: must be what opens and what closes an action, such as [\"<<\", \">>\"]")]
    [InlineData("src = \"a.sbn\"\ndelims = [\"<<\", \">>\"]", "delims: are those of Go templates; a Scriban template has {{ and }}")]
    public void How_a_template_is_read_is_checked(string lines, string fault)
    {
        var text = ResourceText.Parse("f", $"[template]\ndest = \"/b\"\n{lines}");

        text.Resources.Should().BeEmpty();
        text.Diagnostics.Should().ContainSingle().Which.ToString().Should().Be($"f:4: {fault}");
    }

    [Fact]
    public void A_resource_may_hold_its_template()
    {
        var resource = Only("[template]\ncontents = '''\nx\n'''\ndest = \"/b\"\nfuncs = \"auto\"");

        (resource.Contents, resource.Source, resource.Language, resource.Functions).Should().Be(("x\n", "", TemplateLanguage.Go, null));
    }

    [Fact]
    public void Keys_are_matched_without_regard_to_case() =>
        Only("[Template]\nSRC = \"a\"\nDest = \"/b\"").Destination.Should().Be("/b");

    [Theory]
    [InlineData("a.tmpl", TemplateLanguage.Go)]
    [InlineData("a.conf", TemplateLanguage.Go)]
    [InlineData("a", TemplateLanguage.Go)]
    [InlineData("a.sbn", TemplateLanguage.Scriban)]
    [InlineData("a.scriban", TemplateLanguage.Scriban)]
    [InlineData("a.scriban-txt", TemplateLanguage.Scriban)]
    public void The_name_of_the_template_says_its_language(string source, TemplateLanguage language) =>
        Only($"[template]\nsrc = \"{source}\"\ndest = \"/b\"").Language.Should().Be(language);

    [Fact]
    public void The_resource_may_say_the_language_itself() =>
        Only("[template]\nsrc = \"a.tmpl\"\ndest = \"/b\"\nengine = \"scriban\"").Language
            .Should().Be(TemplateLanguage.Scriban);

    [Fact]
    public void Several_templates_may_share_a_file() =>
        ResourceText.Parse("x.toml", "[[template]]\nsrc=\"a\"\ndest=\"/a\"\n[[template]]\nsrc=\"b\"\ndest=\"/b\"")
            .Resources.Select(resource => resource.Destination).Should().Equal("/a", "/b");

    [Fact]
    public void A_faulty_template_leaves_the_others_of_its_file_alone()
    {
        var file = ResourceText.Parse("x.toml", "[[template]]\nsrc=\"a\"\n[[template]]\nsrc=\"b\"\ndest=\"/b\"");

        file.Resources.Should().ContainSingle().Which.Destination.Should().Be("/b");
        Texts(file).Should().Equal("x.toml:1: dest: required field is missing; name the file to write");
    }

    [Fact]
    public void All_faults_of_a_file_are_told_at_once() =>
        Texts(ResourceText.Parse("x.toml", """
            [template]
            dest = 3
            keys = ["/a", 5]
            mode = "rw"
            uid = "root"
            check_cmd = "nginx -t {{.src"
            reload_cmd = "{{range .}}x{{end}}"
            reload_cmd_timeout = "5"
            debounce = "5s:1s"
            engine = "jinja"
            write_mode = "append"
            """)).Should().Equal(
            "x.toml:2: dest: incompatible types: TOML value has type integer; write a string",
            "x.toml:3: keys: incompatible types: TOML value has type integer; write an array of strings",
            "x.toml:4: mode: must be a valid octal value (e.g., \"0644\"), got \"rw\"",
            "x.toml:5: uid: incompatible types: TOML value has type string; write an integer",
            "x.toml:6: check_cmd: invalid check_cmd template: unclosed action; write {{.src}} or {{.dest}}",
            "x.toml:7: reload_cmd: invalid reload_cmd template: unknown action \"{{range .}}x{{end}}\"; "
                + "a command knows {{.src}} and {{.dest}} only",
            "x.toml:8: reload_cmd_timeout: invalid duration: \"5\" (use a number with a unit, such as 500ms, 30s or 2m)",
            "x.toml:9: debounce: invalid duration: \"5s:1s\" (use MIN or MIN:MAX, such as 2s or 2s:10s)",
            "x.toml:10: engine: unknown engine \"jinja\" (supported: gotmpl, scriban)",
            "x.toml:11: write_mode: unknown mode \"append\" (supported: auto, rename, inplace)",
            "x.toml:1: src: empty src template; name a file below the templates folder");

    [Fact]
    public void An_unknown_key_is_a_warning_with_the_nearest_name()
    {
        var file = ResourceText.Parse("x.toml", "[template]\nsrc=\"a\"\ndest=\"/b\"\nrelod_cmd = \"x\"\nfoo = 1");

        file.Resources.Should().ContainSingle();
        Texts(file).Should().Equal(
            "x.toml:4: relod_cmd: unknown key, ignored; did you mean reload_cmd?",
            "x.toml:5: foo: unknown key, ignored");
    }

    [Fact]
    public void A_mode_without_its_zero_is_taken_as_octal_with_a_warning()
    {
        var file = ResourceText.Parse("x.toml", "[template]\nsrc=\"a\"\ndest=\"/b\"\nmode=\"644\"");

        file.Resources.Should().ContainSingle().Which.Mode.Should().Be(420);
        Texts(file).Should().Equal("x.toml:4: mode: \"644\" is taken as octal; write \"0644\" to be clear");
    }

    [Fact]
    public void A_file_without_a_template_table_says_what_it_needs() =>
        Texts(ResourceText.Parse("x.toml", "src = \"a\"")).Should().ContainSingle()
            .Which.Should().StartWith("x.toml: src: empty src template; begin the file with a [template] table");

    [Theory]
    [InlineData("dest = ")]
    [InlineData("dest = /etc/app.conf")]
    [InlineData("dest")]
    [InlineData("dest = \"/etc/app.conf")]
    [InlineData("src = \"b\"")]
    public void Broken_syntax_names_its_line_and_the_remedy(string line) =>
        Texts(ResourceText.Parse("x.toml", $"[template]\nsrc = \"a\"\n{line}")).First()
            .Should().StartWith("x.toml:3: TOML parse error: ").And.EndWith(
                """; write a line as key = "text", key = 5, key = true or key = ["a", "b"], and each key once""");

    [Theory]
    [InlineData("[template")]
    [InlineData("[template]")]
    public void A_broken_head_of_a_table_names_its_line_and_the_remedy(string head) =>
        Texts(ResourceText.Parse("x.toml", $"[template]\nsrc = \"a\"\n{head}\ndest = \"/b\"")).First()
            .Should().StartWith("x.toml:3: TOML parse error: ").And.EndWith(
                "; write the head of a table as [template], once, or as [[template]] for each of several");

    [Fact]
    public void A_value_that_is_nested_without_end_is_one_fault() =>
        Texts(ResourceText.Parse("x.toml", "[template]\nkeys = " + new string('[', 50_000)))
            .Should().ContainSingle().Which.Should().StartWith("x.toml:1: TOML parse error: a value is nested more than 64 deep");

    [Fact]
    public void Broken_syntax_is_one_fault() =>
        Texts(ResourceText.Parse("x.toml", "[template]\nsrc = \"a\"\ndest = ")).Should().ContainSingle()
            .Which.Should().StartWith("x.toml:3: TOML parse error:");

    [Fact]
    public void A_resource_that_is_switched_off_is_left_out() =>
        ResourceText.Parse("x.toml", "[template]\nsrc=\"a\"\ndest=\"/b\"\nenabled = false").Should().Match<ResourceText>(
            file => file.Resources.Count == 0 && file.Diagnostics.Count == 0);

    [Fact]
    public void Of_two_resources_with_one_destination_the_first_stays()
    {
        var set = ResourceSet.Of([
            ResourceText.Parse("a.toml", "[template]\nsrc=\"a\"\ndest=\"/x\""),
            ResourceText.Parse("b.toml", "[template]\nsrc=\"b\"\ndest=\"/x\"")]);

        set.Resources.Should().ContainSingle().Which.File.Should().Be("a.toml");
        set.Diagnostics.Should().ContainSingle().Which.ToString().Should().Be(
            "b.toml: dest: /x is already written by a.toml; give each resource a destination of its own");
    }

    private static Resource Only(string text)
    {
        var file = ResourceText.Parse("x.toml", text);

        file.Diagnostics.Should().BeEmpty();
        return file.Resources.Should().ContainSingle().Which;
    }

    private static IEnumerable<string> Texts(ResourceText file) =>
        file.Diagnostics.Select(diagnostic => diagnostic.ToString());
}
