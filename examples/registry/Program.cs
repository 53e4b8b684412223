using System.Net;
using Sync.Registry;

const string usage = """
    registry [--once]                     shows the store as a registry of services
    registry hello NAME STORE-ENDPOINT    one such service: registers itself, says NAME to whoever asks

      --once    exit after the first full pass; the exit code is 1 if a step failed
    """;

// Everything is on loopback; a proxy from the environment must not come between.
HttpClient.DefaultProxy = new WebProxy();

switch (args)
{
    case []:
        return await Show.RunAsync(staysUp: true);
    case ["--once"]:
        return await Show.RunAsync(staysUp: false);
    case ["hello", var name, var endpoint]:
        return await HelloService.RunAsync(name, endpoint);
    case ["--help"] or ["-h"]:
        Console.WriteLine(usage);
        return 0;
    default:
        Console.Error.WriteLine($"registry: unknown arguments: {string.Join(' ', args)}\n{usage}");
        return 2;
}
