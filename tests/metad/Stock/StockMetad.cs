using System.Text.Json;
using Sync.Etcd.Client;
using Sync.Etcd.Client.Keys;

namespace Sync.Metad.Tests.Stock;

/// <summary>The original's way with the keys of a store, as its contract records it: what it writes, and what it makes of keys.</summary>
/// <remarks>
/// Data is <c>&lt;prefix&gt;/&lt;path&gt;</c>, a mapping <c>/_metad/mapping/&lt;group&gt;/&lt;ip&gt;/&lt;name&gt;</c>, rules a JSON list at
/// <c>/_metad/rule/&lt;group&gt;/&lt;host&gt;</c>. What is replaced is deleted by a request of its own, then put key by key.
/// </remarks>
internal sealed class StockMetad(EtcdClient client, string prefix, string group)
{
    public Task PutDataAsync(string path, string value) => client.PutAsync($"{prefix}{path}", value);

    /// <summary>POST: delete, then put.</summary>
    public async Task ReplaceDataAsync(string path, params (string Name, string Value)[] leaves)
    {
        await client.DeleteAsync(KeyRange.Prefix($"{prefix}{path}/"));
        foreach (var (name, value) in leaves)
        {
            await client.PutAsync($"{prefix}{path}/{name}", value);
        }
    }

    public Task DeleteLeafAsync(string path) => client.DeleteAsync(KeyRange.Only($"{prefix}{path}"));

    public Task DeleteDirectoryAsync(string path) => client.DeleteAsync(KeyRange.Prefix($"{prefix}{path}/"));

    public Task PutMappingAsync(string address, string name, string target) =>
        client.PutAsync($"/_metad/mapping/{group}/{address}/{name}", target);

    public Task DeleteMappingAsync(string address) => client.DeleteAsync(KeyRange.Prefix($"/_metad/mapping/{group}/{address}/"));

    public Task PutRulesAsync(string host, string list) => client.PutAsync($"/_metad/rule/{group}/{host}", list);

    public Task DeleteRulesAsync(string host) => client.DeleteAsync(KeyRange.Only($"/_metad/rule/{group}/{host}"));

    /// <summary>The lines that it would answer as text for the data and the mappings, and its rules, host by host.</summary>
    public async Task<(string Data, string Mapping, string Rules)> LoadAsync()
    {
        var all = await client.ListAsync([KeyRange.Prefix("/")]);
        var pairs = all.Pairs.Select(pair => (Key: pair.KeyText, Value: pair.ValueText)).ToList();
        return (Lines(prefix), Lines($"/_metad/mapping/{group}"), string.Join('\n',
            Below($"/_metad/rule/{group}/").Select(pair => $"{pair.Key} {Compact(pair.Value)}")));

        string Lines(string root) => string.Concat(Below(root).Select(pair => $"{pair.Key}\t{pair.Value}\n"));

        IEnumerable<(string Key, string Value)> Below(string root) => pairs
            .Where(pair => pair.Key.StartsWith(root, StringComparison.Ordinal))
            .Select(pair => (Key: pair.Key[root.Length..], pair.Value))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal);
    }

    private static string Compact(string json)
    {
        using var list = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(list.RootElement);
    }
}
