using CliWrap;
using CliWrap.Buffered;
using CsCheck;
using Sync.Metad.Model.Formats;
using Sync.TestKit;

namespace Sync.Metad.Tests.Formats;

public sealed class EnvironmentFormatTests
{
    private const string Client = "10.0.0.1";

    [Fact]
    public void Paths_become_names_of_variables()
    {
        var snapshot = Snapshots.Of(
            """{"node":{"name":"n1","listen-port":"80","1":{"ip":"10.0.0.9"}},"empty":""}""",
            rules: """{"10.0.0.1":[{"path":"/","mode":1}]}""");

        snapshot.Body(Client, "/", BodyFormat.Env)
            .Should().Be("EMPTY=''\nNODE_1_IP='10.0.0.9'\nNODE_LISTEN_PORT='80'\nNODE_NAME='n1'\n");
        snapshot.Body(Client, "/node/1", BodyFormat.Dotenv).Should().Be("IP=\"10.0.0.9\"\n");
        snapshot.Body(Client, "/node/name", BodyFormat.Env).Should().Be("NAME='n1'\n");
    }

    [Fact]
    public void A_name_never_begins_with_a_digit_and_the_first_of_two_paths_with_one_name_counts()
    {
        var snapshot = Snapshots.Of(
            """{"9":"nine","a-b":"dash","a_b":"score"}""", rules: """{"10.0.0.1":[{"path":"/","mode":1}]}""");

        snapshot.Body(Client, "/", BodyFormat.Env).Should().Be("_9='nine'\nA_B='dash'\n");
    }

    [Theory]
    [InlineData("it's", @"V='it'\''s'", "V=\"it's\"")]
    [InlineData("a\"b$c`d\\e", "V='a\"b$c`d\\e'", "V=\"a\\\"b\\$c\\`d\\\\e\"")]
    [InlineData("two\nlines\r", "V='two\nlines\r'", "V=\"two\\nlines\\r\"")]
    public void A_value_is_quoted(string value, string env, string dotenv)
    {
        var leaf = Snapshots.Everything(Snapshots.Tree(("/v", value)).Root.Children.Find("v"u8)!);

        Snapshots.Body(leaf, BodyFormat.Env).Should().Be(env + "\n");
        Snapshots.Body(leaf, BodyFormat.Dotenv).Should().Be(dotenv + "\n");
    }

    [Fact]
    public Task A_shell_reads_back_any_value() =>
        Gen.String[Gen.Char["ab '\"\\$`\n\t#;&|<>(){}*?~!%=é"], 0, 30].Array[200].SampleAsync(async values =>
        {
            var tree = Snapshots.Tree([.. values.Select((value, index) => ($"/v{index}", (string?)value))]);
            var script = Snapshots.Body(Snapshots.Everything(tree.Root), BodyFormat.Env)
                + string.Concat(values.Select((_, index) => $"printf '%s\\0' \"$V{index}\"\n"));

            var result = await Cli.Wrap("/bin/sh").WithStandardInputPipe(PipeSource.FromString(script))
                .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Deadline.In(TimeSpan.FromSeconds(60)));

            (result.ExitCode, result.StandardError).Should().Be((0, ""));
            result.StandardOutput.Split('\0')[..^1].Should().Equal(values);
        }, iter: 3);
}
