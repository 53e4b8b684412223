using CliWrap;

namespace Sync.Namespaces;

/// <summary>The steps of the show, each with what it must show.</summary>
internal static class Show
{
    private const string Metadata = $"http://{Bridge.MachineAddress}:9610";
    private const string Manage = "http://127.0.0.1:9611";

    /// <summary>Runs the show.</summary>
    /// <param name="staysUp">Goes on after the last step until Ctrl+C.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(bool staysUp)
    {
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        try
        {
            await using var bridge = await Bridge.BuildAsync();
            using var end = new CancellationTokenSource();
            var metad = Cli.Wrap("ip")
                .WithArguments(
                [
                    "netns", "exec", bridge.Machine, Path.Combine(AppContext.BaseDirectory, "metad"),
                    "--listen", $"{Bridge.MachineAddress}:9610", "--listen_manage", "127.0.0.1:9611", "--strict",
                    "--log_level", "warning",
                ])
                .WithStandardErrorPipe(PipeTarget.ToStream(Console.OpenStandardError()))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(CancellationToken.None, end.Token);
            try
            {
                await StepsAsync(bridge);
                if (staysUp)
                {
                    await Console.Out.WriteLineAsync($"Look around with: ip netns exec {bridge.Machine}… ; Ctrl+C ends the show.");
                    await Task.Delay(Timeout.Infinite, stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
                }
            }
            finally
            {
                await end.CancelAsync();
                await metad.Task.ContinueWith(_ => { }, TaskScheduler.Default);
            }

            return 0;
        }
        catch (StepException exception)
        {
            await Console.Error.WriteLineAsync($"namespaces: {exception.Message}");
            return 1;
        }
    }

    private static async Task StepsAsync(Bridge bridge)
    {
        var red = await bridge.AddContainerAsync(2);
        var blue = await bridge.AddContainerAsync(3);
        await Console.Out.WriteLineAsync($"Two containers on one bridge: {red.Address} and {blue.Address}; metad at {Metadata}.");
        await Bridge.RunAsync(bridge.Machine, "curl", "-sf", "--retry", "60", "--retry-connrefused", "--retry-delay", "1", $"{Manage}/health");

        await PutAsync(bridge, "/v1/data", """{"apps":{"red":{"colour":"red"},"blue":{"colour":"blue"}}}""");
        await PutAsync(
            bridge, "/v1/mapping",
            $$$"""{"{{{red.Address}}}":{"app":"/apps/red"},"{{{blue.Address}}}":{"app":"/apps/blue"}}""");

        await ExpectAsync("each sees itself", red.Namespace, "/self/app/colour", "200 red");
        await ExpectAsync("each sees itself", blue.Namespace, "/self/app/colour", "200 blue");
        await ExpectAsync("and nothing of the other", red.Namespace, "/apps/blue/colour", "404 Not found");
        await ExpectAsync("a caller that nobody mapped sees nothing", bridge.Machine, "/self", "404 Not found");
        await ExpectAsync(
            "who claims to speak for another is refused", red.Namespace, "/self/app/colour",
            "403 X-Forwarded-For is not accepted", "-H", $"X-Forwarded-For: {blue.Address}");
        await ExpectRefusedAsync(red.Namespace);

        var waiting = Bridge.RunAsync(blue.Namespace, "curl", "-sf", $"{Metadata}/self/app/colour?wait=true");
        while (!(await Bridge.RunAsync(bridge.Machine, "curl", "-sf", $"{Manage}/metrics"))
            .Contains("metad_waiters 1", StringComparison.Ordinal))
        {
            // The next question is the pause.
        }

        await PutAsync(bridge, "/v1/data/apps/blue/colour", "\"navy\"");
        Check("a container that waits is told of its change", await waiting, "navy");
    }

    private static Task<string> PutAsync(Bridge bridge, string path, string body) =>
        Bridge.RunAsync(bridge.Machine, "curl", "-sf", "-X", "PUT", "-d", body, $"{Manage}{path}");

    private static async Task ExpectAsync(
        string what, string place, string path, string expected, params string[] arguments)
    {
        var told = await Bridge.RunAsync(
            place, ["curl", "-s", "-w", "\n%{http_code}", .. arguments, $"{Metadata}{path}"]);
        var lines = told.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Check(what, $"{lines[^1]} {string.Join('\n', lines[..^1])}", expected);
    }

    // The manage API listens on the machine's own loopback, which no container can reach.
    private static async Task ExpectRefusedAsync(string place)
    {
        try
        {
            await Bridge.RunAsync(place, "curl", "-s", "--max-time", "5", $"http://{Bridge.MachineAddress}:9611/v1/data");
        }
        catch (StepException)
        {
            await Console.Out.WriteLineAsync("  no container reaches the manage API");
            return;
        }

        throw new StepException("a container reached the manage API");
    }

    private static void Check(string what, string told, string expected)
    {
        if (told != expected)
        {
            throw new StepException($"{what}: got \"{told}\" and not \"{expected}\"");
        }

        Console.WriteLine($"  {what}: {told}");
    }
}
