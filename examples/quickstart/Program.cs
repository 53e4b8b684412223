using Sync.Quickstart;

const string usage = """
    quickstart [--once]                 shows store, confd and metad at work on a small service
    quickstart legacy-shop CONFIG PID   that service: reads CONFIG, writes its process id to PID

      --once    exit after the first full pass; the exit code is 1 if a step failed
    """;

switch (args)
{
    case []:
        return await Tour.RunAsync(staysUp: true);
    case ["--once"]:
        return await Tour.RunAsync(staysUp: false);
    case ["legacy-shop", var configFile, var pidFile]:
        return await LegacyShop.RunAsync(configFile, pidFile);
    case ["--help"] or ["-h"]:
        Console.WriteLine(usage);
        return 0;
    default:
        Console.Error.WriteLine($"quickstart: unknown arguments: {string.Join(' ', args)}\n{usage}");
        return 2;
}
