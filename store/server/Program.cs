using System.Collections;
using Sync.Store.Hosting;
using Sync.Store.Options;

const int Usage = 2;
const int BadConfiguration = 1;

var flags = new StoreFlags();
var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
    .Select(entry => KeyValuePair.Create((string)entry.Key, entry.Value as string ?? ""));
var joined = CommandLineArguments.Join(args, environment, flags.Names);
var parsed = flags.Command.Parse([.. joined.Arguments]);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        await Console.Error.WriteLineAsync($"store: {error.Message} See store --help.");
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
        await Console.Error.WriteLineAsync($"store: {fault}");
    }

    return BadConfiguration;
}

return await StoreHost.RunAsync(settings, joined.Warnings, Console.Error);
