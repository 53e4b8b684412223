using System.CommandLine;
using System.Text.Json;
using Sync.Benchmarks.Clusters;
using Sync.Benchmarks.Comparing;
using Sync.Benchmarks.Metadata;
using Sync.Benchmarks.Templates;
using Sync.Benchmarks.Workloads;
using Sync.TestKit;

var jsonIndented = new JsonSerializerOptions { WriteIndented = true };
var rounds = Option("--rounds", 3, "How often both servers run everything, in turn; medians are printed.");
var seconds = Option("--seconds", 4.0, "How long each load is measured.");
var warmUp = Option(
    "--warm-up", 10.0, "How long each load runs before it is measured, in seconds: until its code is compiled for speed.");
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

    return rows.Any(row => row.MissesGoal) ? 1 : 0;
});

var waitRounds = Option("--wait-rounds", 300, "How many changes each wait is measured with.");
var soakRequests = Option("--soak-requests", 1_000_000, "How many requests memory must stay flat over.");
var httpConnections = Option("--connections", 64, "How many connections ask at a time.");
var metad = new Command("metad", "Measures metad over our store, beside bare Kestrel, and holds it to the project's goals.")
{
    seconds, warmUp, directory, httpConnections, waitRounds, soakRequests,
};
metad.SetAction(async (parsed, cancellationToken) =>
{
    var settings = new MetadataSettings(
        Directory.CreateDirectory(parsed.GetValue(directory)!).FullName,
        parsed.GetValue(httpConnections),
        TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
        TimeSpan.FromSeconds(parsed.GetValue(seconds)),
        parsed.GetValue(waitRounds),
        parsed.GetValue(soakRequests));
    return await new MetadataBenchmark(settings, Console.Out.WriteLine).RunAsync(cancellationToken) ? 0 : 1;
});

var behind = Option("--behind-mebibytes", 1024, "How far behind the follower is that catches up.");
var writes = Option("--writes", 10_000_000, "How many writes memory must stay flat over.");
var clusterClients = Option("--clients", 64, "How many requests are under way at a time.");
var cluster = new Command("cluster", "Measures a member that catches up, and memory over many writes, and holds both to the project's goals.")
{
    seconds, warmUp, clusterClients, behind, writes,
};
cluster.SetAction(async (parsed, cancellationToken) =>
{
    var settings = new ClusterSettings(
        parsed.GetValue(clusterClients),
        TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
        TimeSpan.FromSeconds(parsed.GetValue(seconds)),
        parsed.GetValue(behind),
        parsed.GetValue(writes));
    return await new ClusterBenchmark(settings, Console.Out.WriteLine).RunAsync(cancellationToken) ? 0 : 1;
});

var port = Option("--port", 0, "A port of loopback.");
var bytes = Option("--bytes", 300, "The length of the answer.");
var bare = new Command("bare", "Serves one fixed answer with Kestrel and nothing else; the measure of metad starts it.") { port, bytes };
bare.SetAction((parsed, _) => BareServer.RunAsync(parsed.GetValue(port), parsed.GetValue(bytes)));

var templates = new Command("templates", "Parses and renders a configuration with our engine and with Go's text/template, side by side.")
{
    rounds, seconds, directory,
};
templates.SetAction(async (parsed, cancellationToken) =>
{
    var folder = Directory.CreateDirectory(parsed.GetValue(directory)!).FullName;
    var comparison = new TemplateComparison(parsed.GetValue(seconds), parsed.GetValue(rounds), folder);
    await Console.Out.WriteLineAsync(string.Join('\n', await comparison.RunAsync(cancellationToken)));
    return 0;
});

return await new RootCommand("Measures of Sync.") { compare, cluster, templates, metad, bare }.Parse(args).InvokeAsync();

static Option<T> Option<T>(string name, T value, string description) =>
    new(name) { DefaultValueFactory = _ => value, Description = description };
