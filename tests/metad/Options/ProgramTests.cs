using CliWrap;
using CliWrap.Buffered;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Options;

/// <summary>The executable as an operator meets it.</summary>
public sealed class ProgramTests
{
    [Fact]
    public async Task The_version_is_four_lines_on_standard_output()
    {
        var result = await RunAsync("--version");

        result.ExitCode.Should().Be(0);
        result.StandardOutput.TrimEnd('\n').Split('\n').Should().HaveCount(4)
            .And.ContainMatch("Metad Version: *");
    }

    [Fact]
    public async Task Help_names_every_flag()
    {
        var result = await RunAsync("--help");

        result.ExitCode.Should().Be(0);
        result.StandardOutput.Should().ContainAll("--listen_manage", "--xff", "--client_ca_keys", "--only_self");
    }

    [Theory]
    [InlineData("--bogus", 2)]
    [InlineData("stray", 2)]
    [InlineData("--backend=bad", 1)]
    [InlineData("--config=/nowhere", 1)]
    [InlineData("--pid_file=/nowhere/pid", 1)]
    public async Task A_bad_line_ends_with_its_code_and_a_sentence(string argument, int code)
    {
        var result = await RunAsync(argument);

        result.ExitCode.Should().Be(code);
        result.StandardError.Should().StartWith("metad: ");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_port_that_is_taken_is_told_as_such(bool isManage)
    {
        await using var first = await MetadServer.StartAsync();
        var free = FreePort.Take();

        var result = await RunAsync(
            $"--listen=127.0.0.1:{(isManage ? free : first.Port)}",
            $"--listen_manage=127.0.0.1:{(isManage ? first.ManagePort : free)}");

        result.ExitCode.Should().Be(1);
        result.StandardError.Should().Contain("address already in use");
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_ends_it_cleanly_and_the_pid_file_goes(string signal)
    {
        using var folder = new TempDirectory();
        await using var server = await MetadServer.StartBesideAsync("--pid_file", folder.At("pid"));
        (await File.ReadAllTextAsync(folder.At("pid"))).Should().Be(server.Process.Id.ToString(null, null));

        await server.Process.SignalAsync(signal);

        (await server.Process.ExitCodeAsync(Deadline.In(TimeSpan.FromSeconds(60)))).Should().Be(0);
        File.Exists(folder.At("pid")).Should().BeFalse();
    }

    [Fact]
    public async Task A_signal_while_it_starts_ends_it_cleanly_too()
    {
        // The first line comes of a loop, and loops start before the ports are listened at; how far the rest comes differs.
        using var folder = new TempDirectory();
        for (var round = 0; round < 5; round++)
        {
            var ports = FreePort.Take(2);
            await using var server = await ServerProcess.StartAsync(
                BuiltPrograms.Require("metad"),
                [
                    $"--listen=127.0.0.1:{ports[0]},unix:{folder.At("metad")}", $"--listen_manage=127.0.0.1:{ports[1]}",
                    $"--pid_file={folder.At("pid")}",
                ],
                Readiness.Line("Loaded 0 keys"),
                Deadline.In(TimeSpan.FromSeconds(60)));

            (await server.StopAsync(Deadline.In(TimeSpan.FromSeconds(60)))).Should().Be(0, string.Join('\n', server.Log.Lines));

            Directory.GetFileSystemEntries(folder.FullName).Should().BeEmpty("neither the pid file nor the socket stays");
        }
    }

    [Fact]
    public async Task The_pid_file_may_be_read_by_all_and_changed_by_its_owner_alone()
    {
        using var folder = new TempDirectory();
        var ports = FreePort.Take(2);
        await using var server = await ServerProcess.StartAsync(
            "/bin/sh",
            [
                "-c", "umask 0; exec \"$0\" \"$@\"", BuiltPrograms.Require("metad"), $"--pid_file={folder.At("pid")}",
                $"--listen=127.0.0.1:{ports[0]}", $"--listen_manage=127.0.0.1:{ports[1]}",
            ],
            Readiness.Port(ports[1]),
            Deadline.In(TimeSpan.FromSeconds(60)));

        File.GetUnixFileMode(folder.At("pid")).Should().Be(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    [Fact]
    public async Task A_start_that_fails_leaves_no_pid_file()
    {
        using var folder = new TempDirectory();
        await using var first = await MetadServer.StartAsync();

        var result = await RunAsync(
            $"--listen=127.0.0.1:{first.Port}", $"--listen_manage=127.0.0.1:{FreePort.Take()}", $"--pid_file={folder.At("pid")}");

        result.ExitCode.Should().Be(1);
        File.Exists(folder.At("pid")).Should().BeFalse();
    }

    [Fact]
    public async Task A_password_is_never_printed()
    {
        await using var server = await MetadServer.StartBesideAsync(
            "--log_level=debug", "--basic_auth", "--username=u", "--password=canary-7312", "--backend=etcd", "--nodes=http://127.0.0.1:1");
        await MetadServer.UntilAsync(async () =>
            (await server.ManageAsync("GET", "/metrics")).Body.Contains("metad_loaded 0", StringComparison.Ordinal));

        await server.Process.StopAsync(Deadline.In(TimeSpan.FromSeconds(60)));

        string.Concat([.. server.Process.Log.Lines, .. server.Process.Output.Lines]).Should().NotContain("canary-7312");
    }

    private static async Task<BufferedCommandResult> RunAsync(params string[] arguments) =>
        await Cli.Wrap(BuiltPrograms.Require("metad")).WithArguments(arguments)
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Deadline.In(TimeSpan.FromSeconds(60)));
}
