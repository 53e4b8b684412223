using System.Globalization;
using Google.Protobuf;
using Sync.Etcd.Api;
using Sync.Etcd.Client;

namespace Sync.Confd.Tests.EndToEnd;

/// <summary>Random puts and deletes below a prefix, with a plain record of what must be there.</summary>
internal sealed class RandomKeys(EtcdClient client, string prefix, int keyCount, int seed)
{
    /// <summary>A template that prints every key of <c>/k</c> with its value, in the order of keys.</summary>
    public const string Template = "{{range gets \"/k/*\"}}{{.Key}}={{.Value}}\n{{end}}end\n";

    // The seed makes a failure repeatable.
    private readonly Random _random = new(seed);
    private readonly SortedDictionary<string, string> _expected = new(StringComparer.Ordinal);
    private int _step;

    /// <summary>What <see cref="Template"/> must print for the keys as they are.</summary>
    public string Expected => string.Concat(_expected.Select(pair => $"{pair.Key}={pair.Value}\n")) + "end\n";

    /// <summary>Makes a number of changes, several at a time in one revision now and then.</summary>
    public async Task ChangeAsync(int count, CancellationToken limit)
    {
        for (var left = count; left > 0;)
        {
            var together = Math.Min(left, Next(10) == 0 ? 1 + Next(20) : 1);
            var transaction = new TxnRequest();
            var keys = Enumerable.Range(0, together).Select(_ => Next(keyCount)).Distinct().ToList();
            foreach (var key in keys)
            {
                transaction.Success.Add(NextChange(key));
            }

            await client.TransactAsync(transaction, limit);
            left -= keys.Count;
        }
    }

    private RequestOp NextChange(int number)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"/k/{number:d5}");
        var key = ByteString.CopyFromUtf8(prefix + name);
        if (Next(4) == 0)
        {
            _expected.Remove(name);
            return new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = key } };
        }

        var value = string.Create(CultureInfo.InvariantCulture, $"v{++_step}");
        _expected[name] = value;
        return new RequestOp { RequestPut = new PutRequest { Key = key, Value = ByteString.CopyFromUtf8(value) } };
    }

    private int Next(int below) => _random.Next(below);
}
