using System.CommandLine;
using System.Text.Json;
using Sync.Benchmarks.Comparing;
using Sync.Benchmarks.Workloads;
using Sync.TestKit;

var jsonIndented = new JsonSerializerOptions { WriteIndented = true };
var rounds = Option("--rounds", 3, "How often both servers run everything, in turn; medians are printed.");
var seconds = Option("--seconds", 4.0, "How long each load is measured.");
var warmUp = Option("--warm-up", 1.5, "How long each load runs before it is measured, in seconds.");
var loads = Option("--workloads", Workload.All.Select(load => load.Name).ToArray(), "Which loads to run.");
var clients = Option("--clients", new[] { 1, 64, 256 }, "With how many clients each load is run.");
var connections = Option("--connections", 8, "How many connections the clients share at most.");
var keys = Option("--keys", 10_000, "How many keys are preloaded.");
var valueBytes = Option("--value-bytes", 256, "The size of each value.");
var directory = Option("--directory", Repository.At("artifacts", "benchmarks"), "Where data directories are made.");
var json = Option<string?>("--json", null, "A file that the figures are also written to.");
var ours = Option<string?>("--ours", null, "The server on our side; default: the store that was just built.");
var theirs = Option<string?>("--theirs", null, "The server it is compared with; default: Debian's etcd.");
loads.AcceptOnlyFromAmong([.. Workload.All.Select(load => load.Name)]);
loads.AllowMultipleArgumentsPerToken = clients.AllowMultipleArgumentsPerToken = true;

var compare = new Command("compare", "Drives our store and Debian's etcd with one generator, side by side.")
{
    rounds, seconds, warmUp, loads, clients, connections, keys, valueBytes, directory, json, ours, theirs,
};
compare.SetAction(async (parsed, cancellationToken) =>
{
    var settings = new CompareSettings
    {
        Ours = parsed.GetValue(ours) ?? StoreProgram.Ours.Executable,
        Theirs = parsed.GetValue(theirs) ?? StoreProgram.Etcd.Executable,
        Rounds = parsed.GetValue(rounds),
        Measured = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
        WarmUp = TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
        Workloads = [.. Workload.All.Where(load => parsed.GetValue(loads)!.Contains(load.Name))],
        Clients = parsed.GetValue(clients)!,
        Connections = parsed.GetValue(connections),
        Keys = new Keyspace(parsed.GetValue(keys), parsed.GetValue(valueBytes)),
        Directory = Directory.CreateDirectory(parsed.GetValue(directory)!).FullName,
    };
    var rows = await new Comparison(settings, Console.Error.WriteLine).RunAsync(cancellationToken);
    await Console.Out.WriteLineAsync(string.Join('\n', ComparisonTable.Lines(rows)));
    if (parsed.GetValue(json) is { } file)
    {
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(rows, jsonIndented), cancellationToken);
    }

    return 0;
});

return await new RootCommand("Measures of Sync.") { compare }.Parse(args).InvokeAsync();

static Option<T> Option<T>(string name, T value, string description) =>
    new(name) { DefaultValueFactory = _ => value, Description = description };
