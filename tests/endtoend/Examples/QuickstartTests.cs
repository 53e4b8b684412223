using System.Net;
using System.Net.Sockets;
using CliWrap;
using CliWrap.Buffered;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Examples;

/// <summary>The quick start where not all is as it should be.</summary>
public sealed class QuickstartTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly int[] UsualPorts = [2379, 2380, 9610, 9611, 8080];

    [Fact]
    public async Task Free_ports_are_chosen_where_the_usual_ones_are_taken()
    {
        var taken = UsualPorts.Select(TakeUnlessTaken).ToList();
        try
        {
            var ended = await RunAsync(BuiltPrograms.Require("quickstart"));

            ended.ExitCode.Should().Be(0, ended.StandardOutput + ended.StandardError);
            ended.StandardOutput.Should().Contain("$ storectl put /shop/greeting");
            ended.StandardOutput.Should().NotContainAny(UsualPorts.Select(port => $"127.0.0.1:{port}"));
        }
        finally
        {
            taken.ForEach(listener => listener?.Dispose());
        }
    }

    [Theory]
    [InlineData(null, "store")]
    [InlineData("#!/bin/sh\nexit 3\n", "store ended by itself")]
    public async Task A_step_that_fails_makes_the_exit_code_1(string? script, string naming)
    {
        using var directory = new TempDirectory();
        var quickstart = CopyWithoutPrograms(directory.At("quickstart"));
        if (script is not null)
        {
            var store = Path.Combine(Directory.CreateDirectory(directory.At("quickstart", "programs", "store")).FullName, "store");
            await File.WriteAllTextAsync(store, script);
            File.SetUnixFileMode(store, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var ended = await RunAsync(quickstart);

        ended.ExitCode.Should().Be(1);
        ended.StandardError.Should().Contain("The step failed: ").And.Contain(naming).And.NotContain("   at ");
    }

    // Null where another process has the port, which serves as well.
    private static TcpListener? TakeUnlessTaken(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }

    private static string CopyWithoutPrograms(string folder)
    {
        var source = Path.GetDirectoryName(BuiltPrograms.Require("quickstart"))!;
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(source))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return Path.Combine(folder, "quickstart");
    }

    private static async Task<BufferedCommandResult> RunAsync(string quickstart) =>
        await Cli.Wrap(quickstart)
            .WithArguments("--once")
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(Deadline.In(Limit));
}
