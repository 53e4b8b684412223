using CliWrap;
using CliWrap.Buffered;
using Sync.TestKit;

namespace Sync.Metad.Tests.Hosting;

/// <summary>The unit that is shipped: systemd reads every line of it, and it leaves the program little to do harm with.</summary>
public sealed class UnitFileTests : IDisposable
{
    private const string Unit = "metad.service";

    // systemd-analyze's own word for units up to 2.0: nothing to worry about. The rest is the network and the low port.
    private const string ExposureMost = "20";

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [DebianFact("systemd-analyze")]
    public async Task Systemd_reads_the_unit_without_a_complaint()
    {
        var result = await AnalyzeAsync("verify", "--man=no", Installed());

        (result.ExitCode, result.StandardError + result.StandardOutput).Should().Be((0, ""));
    }

    [DebianFact("systemd-analyze")]
    public async Task A_line_that_systemd_does_not_know_would_be_told()
    {
        var unit = Installed();
        await File.AppendAllTextAsync(unit, "\n[Service]\nNoNewPrivilegs=yes\n");

        var result = await AnalyzeAsync("verify", "--man=no", unit);

        (result.StandardError + result.StandardOutput).Should().Contain("NoNewPrivilegs");
    }

    [DebianFact("systemd-analyze")]
    public async Task What_the_unit_leaves_open_is_rated_as_little()
    {
        var result = await AnalyzeAsync("security", "--offline=yes", $"--threshold={ExposureMost}", "--no-pager", Installed());

        result.ExitCode.Should().Be(0, result.StandardOutput + result.StandardError);
    }

    // Everything but the path of the program is as it is shipped.
    private string Installed()
    {
        var shipped = File.ReadAllText(Repository.At("metad", Unit));
        shipped.Should().Contain("ExecStart=/usr/bin/metad ");
        return _folder.Write(Unit, shipped.Replace(
            "ExecStart=/usr/bin/metad ", $"ExecStart={BuiltPrograms.Require("metad")} ", StringComparison.Ordinal));
    }

    private static async Task<BufferedCommandResult> AnalyzeAsync(params string[] arguments) =>
        await Cli.Wrap(DebianPrograms.Require("systemd-analyze")).WithArguments(arguments)
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Deadline.In(TimeSpan.FromSeconds(60)));
}
