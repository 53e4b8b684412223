using System.Globalization;
using Sync.Simulation.Histories;
using Sync.Simulation.Scheduling;

namespace Sync.Simulation.Clients;

/// <summary>
/// What clients ask for: registers (<c>r</c> keys, each used alone), maps (<c>m</c> keys, used together, deleted and
/// held by leases), leases, compactions. Every written value is unique.
/// </summary>
internal sealed class Workload(Random random)
{
    private const int Registers = 4;
    private const int MapKeys = 8;
    private const string MapEnd = "n";

    private readonly Dictionary<string, string> _seen = [];
    private readonly List<long> _leases = [];
    private long _revision = 1;

    /// <summary>The next request.</summary>
    /// <param name="id">A number that no other operation has.</param>
    public KvRequest Next(int id) => random.Next(100) switch
    {
        < 20 => new KvRequest.Put(Register(), Value(id)),
        < 34 => new KvRequest.Get(Register()),
        < 44 => CompareAndSet(id),
        < 46 => DeleteOne(Register(), id),
        < 60 => new KvRequest.Put(MapKey(), Value(id), random.Chance(0.4) ? Lease() : 0),
        < 68 => new KvRequest.Get("m", MapEnd),
        < 72 => random.Chance(0.5) ? DeleteOne(MapKey(), id) : new KvRequest.Delete(MapKey(), $"m{random.Next(MapKeys)}!{Number(id)}"),
        < 82 => Transaction(id),
        < 88 => new KvRequest.LocalGet("m", MapEnd, random.Chance(0.4) ? 0 : Math.Max(1, _revision - random.Next(100))),
        < 90 => new KvRequest.Compact(Math.Max(1, _revision - random.Next(60))),
        < 93 => Grant(id),
        < 98 => new KvRequest.KeepAlive(Lease()),
        _ => new KvRequest.Revoke(Lease()),
    };

    /// <summary>Learns from an answer.</summary>
    public void Learn(KvRequest request, KvResponse response)
    {
        _revision = Math.Max(_revision, response.Revision);
        switch (request, response)
        {
            case (KvRequest.Get { End: null } get, KvResponse.Got { Pairs: [var pair] }):
                _seen[get.Key] = pair.Value;
                break;
            case (KvRequest.Put put, KvResponse.Done):
                _seen[put.Key] = put.Value;
                break;
            case (KvRequest.Grant grant, KvResponse.Granted):
                _leases.Add(grant.Lease);
                break;
            case (KvRequest.Revoke revoke, KvResponse.Revoked or KvResponse.Refused) when random.Chance(0.7):
                _leases.Remove(revoke.Lease);
                break;
            case (KvRequest.KeepAlive keep, KvResponse.KeptAlive { IsAlive: false }) when random.Chance(0.7):
                _leases.Remove(keep.Lease);
                break;
        }
    }

    // A condition that always holds and that no other command has: the command's bytes tell the operation.
    private static KvCompare Mark(int id) => new($"none-{Number(id)}", null);

    // No key lies between the key and this end.
    private static KvRequest.Delete DeleteOne(string key, int id) => new(key, $"{key}!{Number(id)}");

    private static string Number(int id) => id.ToString(CultureInfo.InvariantCulture);

    private static string Value(int id) => $"v{Number(id)}";

    private string Register() => $"r{random.Next(Registers)}";

    private string MapKey() => $"m{random.Next(MapKeys)}";

    private long Lease() => _leases.Count == 0 ? 999 : _leases[random.Next(_leases.Count)];

    private KvRequest.Grant Grant(int id) => new(1000 + id, random.Next(2, 6));

    private KvRequest.Txn CompareAndSet(int id)
    {
        var key = Register();
        return new KvRequest.Txn(
            new Items<KvCompare>([new KvCompare(key, _seen.GetValueOrDefault(key)), Mark(id)]),
            new Items<KvRequest>([new KvRequest.Put(key, Value(id))]),
            new Items<KvRequest>([new KvRequest.Get(key)]));
    }

    private KvRequest.Txn Transaction(int id)
    {
        var first = random.Next(MapKeys);
        var second = (first + 1 + random.Next(MapKeys - 1)) % MapKeys;
        var compare = random.Chance(0.6)
            ? new KvCompare($"m{first}", _seen.GetValueOrDefault($"m{first}"))
            : new KvCompare($"m{second}", null, 0);
        return new KvRequest.Txn(
            new Items<KvCompare>([compare, Mark(id)]),
            new Items<KvRequest>(
            [
                new KvRequest.Put($"m{first}", Value(id)),
                new KvRequest.Put($"m{second}", Value(id), random.Chance(0.2) ? Lease() : 0),
                new KvRequest.Get("m", MapEnd),
            ]),
            new Items<KvRequest>([new KvRequest.Delete($"m{second}"), new KvRequest.Put($"m{first}", Value(id))]));
    }
}
