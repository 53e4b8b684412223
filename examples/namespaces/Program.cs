using Sync.Namespaces;

const string usage = """
    namespaces [--once]    shows metad answering two containers on one bridge, each with its own part; needs root

      --once    exit after the first full pass; the exit code is 1 if a step failed
    """;

switch (args)
{
    case []:
        return await Show.RunAsync(staysUp: true);
    case ["--once"]:
        return await Show.RunAsync(staysUp: false);
    case ["--help"] or ["-h"]:
        Console.WriteLine(usage);
        return 0;
    default:
        Console.Error.WriteLine($"namespaces: unknown arguments: {string.Join(' ', args)}\n{usage}");
        return 2;
}
