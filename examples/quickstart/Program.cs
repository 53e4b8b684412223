using System.Net;
using System.Runtime.InteropServices;
using Sync.Quickstart;

const string usage = """
    quickstart [--once]                 shows store, confd and metad at work on a small service
    quickstart legacy-shop CONFIG PID   that service: reads CONFIG, writes its process id to PID

      --once    exit after the first full pass; the exit code is 1 if a step failed
    """;

// Everything is on loopback; a proxy from the environment must not come between.
HttpClient.DefaultProxy = new WebProxy();

switch (args)
{
    case []:
        return await RunTourAsync(staysUp: true);
    case ["--once"]:
        return await RunTourAsync(staysUp: false);
    case ["legacy-shop", var configFile, var pidFile]:
        return await LegacyShop.RunAsync(configFile, pidFile);
    case ["--help" or "-h"]:
        Console.WriteLine(usage);
        return 0;
    default:
        await Console.Error.WriteLineAsync($"quickstart: unknown arguments: {string.Join(' ', args)}\n{usage}");
        return 2;
}

static async Task<int> RunTourAsync(bool staysUp)
{
    using var stop = new CancellationTokenSource();
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    await using var programs = new TourPrograms();
    using var tour = new Tour(programs, Addresses.Choose());
    try
    {
        await tour.ShowAsync(stop.Token);
        if (staysUp)
        {
            tour.Invite();
            await Task.Delay(Timeout.Infinite, stop.Token);
        }

        return 0;
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        return 0;
    }
    catch (TourException failure)
    {
        Narration.Explain(failure, programs.Running);
        return 1;
    }

    void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}
