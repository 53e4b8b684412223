using System.Collections;
using Sync.Store.Hosting;
using Sync.Store.Options;

const int Usage = 2;
const int BadConfiguration = 1;

var flags = new StoreFlags();
var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
    .Select(entry => KeyValuePair.Create((string)entry.Key, entry.Value as string ?? ""));
var joined = CommandLineArguments.Join(args, environment, flags.Command.Options);
var parsed = flags.Parse(joined.Arguments);
var isHelp = parsed.Action is System.CommandLine.Help.HelpAction;
if (!isHelp && parsed.Errors.Count + joined.Faults.Count > 0)
{
    foreach (var message in joined.Faults.Concat(parsed.Errors.Select(error => error.Message)))
    {
        await Console.Error.WriteLineAsync($"store: {joined.WithOrigin(message)} See store --help.");
    }

    return Usage;
}

if (parsed.Action is not null)
{
    return await parsed.InvokeAsync();
}

var faults = new List<string>();
var settings = flags.Read(parsed, faults);
if (faults.Count > 0)
{
    foreach (var fault in faults)
    {
        await Console.Error.WriteLineAsync($"store: {joined.WithOrigin(fault)}");
    }

    return BadConfiguration;
}

return await StoreHost.RunAsync(settings, joined.Warnings, Console.Error);
