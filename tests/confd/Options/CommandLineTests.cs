using Sync.Confd.Options;

namespace Sync.Confd.Tests.Options;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("-onetime")]
    [InlineData("--onetime")]
    [InlineData("-onetime=true")]
    [InlineData("-onetime=1")]
    [InlineData("--onetime=T")]
    public void A_truth_is_set_by_one_dash_or_two_with_or_without_a_value(string word) =>
        Parse(word).Values[Flags.OneTime].Should().Equal(word.Contains('=') ? word.Split('=')[1] : "true");

    [Theory]
    [InlineData("-prefix", "/a")]
    [InlineData("-prefix=/a")]
    [InlineData("--prefix", "/a")]
    [InlineData("--prefix=/a")]
    public void A_text_stands_behind_a_space_or_an_equals_sign(params string[] words) =>
        Parse(words).Values[Flags.Prefix].Should().Equal("/a");

    [Fact]
    public void A_truth_takes_no_separate_value()
    {
        var line = Parse("-watch", "true");

        line.Values[Flags.Watch].Should().Equal("true");
        line.Arguments.Should().Equal("true");
    }

    [Fact]
    public void A_list_grows_with_each_occurrence_and_is_not_split() =>
        Parse("-node", "a,b", "-n", "c", "--node=d").Values[Flags.Node].Should().Equal("a,b", "c", "d");

    [Fact]
    public void The_last_of_several_texts_counts() =>
        Parse("-prefix", "/a", "-prefix", "/b").Values[Flags.Prefix].Should().Equal("/b");

    [Fact]
    public void A_value_may_hold_equals_signs_and_dashes() =>
        Parse("-prefix=a=b", "-password", "-x").Values.Should()
            .ContainKey(Flags.Prefix).WhoseValue.Should().Equal("a=b");

    [Fact]
    public void Two_dashes_end_the_flags() =>
        Parse("-watch", "--", "-noop").Arguments.Should().Equal("-noop");

    [Fact]
    public void Flags_may_follow_a_command()
    {
        var line = Parse("etcd", "-watch", "--node", "a");

        line.Arguments.Should().Equal("etcd");
        line.Values.Should().ContainKeys(Flags.Watch, Flags.Node);
    }

    [Theory]
    [InlineData("flag provided but not defined: -badflag", "-badflag")]
    [InlineData("flag provided but not defined: -badflag", "--badflag=3")]
    [InlineData("invalid boolean value \"maybe\" for -noop: parse error", "-noop=maybe")]
    [InlineData("invalid value \"x\" for flag -interval: parse error", "-interval", "x")]
    [InlineData("invalid value \"5\" for flag -backend-timeout: parse error", "-backend-timeout", "5")]
    [InlineData("flag needs an argument: -prefix", "-prefix")]
    [InlineData("bad flag syntax: ---x", "---x")]
    [InlineData("bad flag syntax: -=x", "-=x")]
    public void A_wrong_word_is_named_as_Go_names_it(string fault, params string[] words) =>
        Parse(words).Fault.Should().Be(fault);

    [Theory]
    [InlineData("600")]
    [InlineData("0x10")]
    [InlineData("1_000")]
    [InlineData("90s")]
    [InlineData("1.5h")]
    public void A_period_is_a_number_in_any_base_or_a_duration(string text) =>
        Parse("-interval", text).Fault.Should().BeNull();

    [Theory]
    [InlineData("-h")]
    [InlineData("-help")]
    [InlineData("--help")]
    public void Help_is_asked_for(string word) => Parse("-watch", word).AsksForHelp.Should().BeTrue();

    [Fact]
    public void The_version_is_asked_for() => Parse("-version").AsksForVersion.Should().BeTrue();

    [Fact]
    public void A_backends_name_selects_the_backend() =>
        Verbs.Read(Parse("env", "-onetime")).Settings.Values[Flags.Backend].Texts.Should().Equal("env");

    [Fact]
    public void An_unknown_word_is_unexpected() =>
        Verbs.Read(Parse("-onetime", "extra")).Fault.Should().Be("unexpected argument \"extra\"");

    [Fact]
    public void A_backend_given_twice_and_differently_is_a_contradiction()
    {
        Verbs.Read(Parse("etcd", "-backend", "etcdv3")).Fault.Should().BeNull("both name the same backend");
        Verbs.Read(Parse("etcd", "-backend", "file")).Fault.Should().StartWith("-backend file contradicts");
    }

    private static CommandLine Parse(params string[] words) => CommandLine.Parse(words);
}
