using System.Collections;
using Sync.Store.Hosting;

return await StoreCommand.RunAsync(
    args,
    Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .Select(entry => KeyValuePair.Create((string)entry.Key, entry.Value as string ?? "")),
    Console.Error);
