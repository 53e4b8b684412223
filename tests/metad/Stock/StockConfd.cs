using System.Globalization;
using System.Text.Json;
using Sync.Metad.Tests.Running;

namespace Sync.Metad.Tests.Stock;

/// <summary>The metad backend of the original's confd, as its contract records it: what it sends, and what it makes of answers.</summary>
/// <remarks>It looks at no status of a read, flattens whatever JSON comes, and takes the version as an unsigned number.</remarks>
internal sealed class StockConfd(int port)
{
    private static readonly string[] Headers = ["Accept: application/json", "User-Agent: Go-http-client/1.1"];

    /// <summary>Any answer is a sign of life.</summary>
    public async Task ProbeAsync() => await RawClient.SendAsync(port, "GET", "/", Headers);

    /// <summary>The values below some keys, as templates get them.</summary>
    public async Task<SortedDictionary<string, string>> ReadAsync(params string[] keys)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            using var json = JsonDocument.Parse((await RawClient.SendAsync(port, "GET", key, Headers)).Body);
            Flatten(key, json.RootElement, values);
        }

        return values;
    }

    /// <summary>Waits for a change after an index.</summary>
    /// <returns>The next index: at once 1 the first time, then the version of the answer.</returns>
    public async Task<ulong> WatchAsync(string prefix, ulong index)
    {
        if (index == 0)
        {
            return 1;
        }

        var answer = await RawClient.SendAsync(port, "GET", $"{prefix}?wait=true&prev_version={index}", Headers);
        return answer.Status == 200
            ? ulong.Parse(answer.Header("x-metad-version")!, NumberStyles.None, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException(
                $"metad response status [{answer.Status}], requestID: [{answer.Header("x-metad-requestid")}]");
    }

    private static void Flatten(string key, JsonElement value, SortedDictionary<string, string> values)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    Flatten($"{key}/{member.Name}", member.Value, values);
                }

                break;
            case JsonValueKind.Array:
                throw new InvalidOperationException("metad has no arrays.");
            default:
                values[key] = value.ValueKind == JsonValueKind.Null ? "null" : value.ToString();
                break;
        }
    }
}
