using Microsoft.AspNetCore.WebUtilities;
using Sync.Metad.Model.Access;
using Sync.Metad.Model.Backends;
using Sync.Metad.Model.Documents;
using Sync.Metad.Model.Mapping;
using Sync.Metad.Model.Paths;
using Sync.Metad.Watching;

namespace Sync.Metad.Endpoints;

/// <summary>Turns requests of the manage API into writes.</summary>
internal sealed class ManagePlanner
{
    private readonly SnapshotFeed _feed;
    private readonly KeyLayout _layout;
    private readonly WritePlan _plan;

    /// <summary>Creates the planner.</summary>
    public ManagePlanner(SnapshotFeed feed, KeyLayout layout)
    {
        _feed = feed;
        _layout = layout;
        _plan = new(layout);
    }

    /// <summary>A write of data.</summary>
    /// <param name="isMerge">States that what the body does not name stays.</param>
    /// <param name="place">Where.</param>
    /// <param name="body">JSON.</param>
    public PlannedWrite Data(bool isMerge, MetadataPath place, ReadOnlyMemory<byte> body)
    {
        var document = DataDocument.Read(body.Span);
        if (document.IsRefused)
        {
            return PlannedWrite.Refused(document.Problem);
        }

        if (_plan.IsReserved(place, document.Value))
        {
            return PlannedWrite.Refused("/_metad holds mappings and rules and takes no data");
        }

        return PlannedWrite.Of(
            isMerge ? _plan.MergeData(place, document.Value) : _plan.ReplaceData(place, document.Value), DataPlaces(place));
    }

    /// <summary>A write of mappings.</summary>
    /// <param name="isMerge">States that what the body does not name stays.</param>
    /// <param name="place">Where.</param>
    /// <param name="body">JSON.</param>
    public PlannedWrite Mapping(bool isMerge, MetadataPath place, ReadOnlyMemory<byte> body)
    {
        var document = MappingDocument.Read(place, body);
        if (document.IsRefused)
        {
            return PlannedWrite.Refused(document.Problem);
        }

        // A document that was read has a place that is canonical or can be made so.
        var stored = MappingDocument.Canonical(place) ?? place;
        return PlannedWrite.Of(
            isMerge ? _plan.MergeMapping(stored, document.Value) : _plan.ReplaceMapping(stored, document.Value),
            MappingPlaces(stored));
    }

    /// <summary>A write of rules.</summary>
    /// <param name="body">JSON.</param>
    public PlannedWrite Rules(ReadOnlyMemory<byte> body)
    {
        var hosts = RuleDocument.ReadHosts(body);
        return hosts.IsRefused
            ? PlannedWrite.Refused(hosts.Problem)
            : PlannedWrite.Of(_plan.PutRules(hosts.Value), RulePlaces(hosts.Value.Keys));
    }

    /// <summary>A removal of data.</summary>
    /// <param name="place">The place, or the directory of the children that the query names.</param>
    /// <param name="query">The query.</param>
    public PlannedWrite DeleteData(MetadataPath place, string query) =>
        Deletes(place, Names(query, "subs", isTrimmed: false), _plan.DeleteData, DataPlaces);

    /// <summary>A removal of mappings.</summary>
    /// <param name="place">The place, or the directory of the children that the query names.</param>
    /// <param name="query">The query.</param>
    public PlannedWrite DeleteMapping(MetadataPath place, string query)
    {
        var mappings = _feed.Current.Snapshot.Mapping;
        var subs = Names(query, "subs", isTrimmed: true);
        return Deletes(
            place,
            place.IsRoot ? subs?.Select(sub => MappingEntry.Canonical(sub) ?? sub).ToList() : subs,
            target => _plan.DeleteMapping(target, mappings),
            target => [.. mappings.SpellingsOf(target).SelectMany(MappingPlaces)]);
    }

    /// <summary>A removal of rules.</summary>
    /// <param name="hosts">The hosts as requested.</param>
    public PlannedWrite DeleteRules(IEnumerable<string> hosts)
    {
        string[] stored = [.. StoredHosts(hosts)];
        return PlannedWrite.Of(_plan.DeleteRules(stored), RulePlaces(stored));
    }

    /// <summary>Several writes as one transaction.</summary>
    /// <param name="body">JSON.</param>
    public PlannedWrite Transaction(ReadOnlyMemory<byte> body)
    {
        var document = TransactionDocument.Read(body);
        if (document.IsRefused)
        {
            return PlannedWrite.Refused(document.Problem);
        }

        var operations = new List<BackendOperation>();
        var places = new List<(byte[] Start, byte[] End)>();
        foreach (var step in document.Value)
        {
            var planned = Plan(step);
            if (planned.Problem is not null)
            {
                return planned;
            }

            operations.AddRange(planned.Operations);
            places.AddRange(planned.Places);
        }

        return OperationConflict.Find(operations) is { } key
            ? PlannedWrite.Refused($"the transaction sets {key} and sets or removes it again")
            : new(operations, places, Problem: null, IsWhole: true);
    }

    /// <summary>The spellings under which hosts may be stored.</summary>
    /// <param name="hosts">As requested.</param>
    public static IEnumerable<string> StoredHosts(IEnumerable<string> hosts) => hosts
        .SelectMany(host => new[] { host, RuleDocument.CanonicalHost(host) ?? host })
        .Distinct(StringComparer.Ordinal);

    /// <summary>The entries of a list in the query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="name">The list's name.</param>
    /// <param name="isTrimmed">States that blanks around an entry do not belong to it.</param>
    /// <returns>Null when the query has no such list, or an empty one; blank entries fall away.</returns>
    public static IReadOnlyList<string>? Names(string query, string name, bool isTrimmed)
    {
        if (Value(query, name) is not { Length: > 0 } value)
        {
            return null;
        }

        var entries = value.Split(',').Where(entry => !string.IsNullOrWhiteSpace(entry));
        return [.. entries.Select(entry => isTrimmed ? entry.Trim() : entry)];
    }

    /// <summary>A value of the query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Null when there is none.</returns>
    public static string? Value(string query, string name)
    {
        foreach (var pair in new QueryStringEnumerable(query))
        {
            if (pair.DecodeName().Span.SequenceEqual(name))
            {
                return pair.DecodeValue().ToString();
            }
        }

        return null;
    }

    private PlannedWrite Plan(TransactionStep step)
    {
        var place = MetadataPath.Split(step.Place);
        return (step.Target, step.Verb) switch
        {
            (TransactionTarget.Data, TransactionVerb.Delete) => DeleteData(place, query: ""),
            (TransactionTarget.Data, _) => Data(step.Verb == TransactionVerb.Put, place, step.Body),
            (TransactionTarget.Mapping, TransactionVerb.Delete) => DeleteMapping(place, query: ""),
            (TransactionTarget.Mapping, _) => Mapping(step.Verb == TransactionVerb.Put, place, step.Body),
            (TransactionTarget.Rule, TransactionVerb.Delete) => DeleteRules([step.Place]),
            _ => Rules(step.Body),
        };
    }

    private static PlannedWrite Deletes(
        MetadataPath place,
        IReadOnlyList<string>? subs,
        Func<MetadataPath, IReadOnlyList<BackendOperation>> delete,
        Func<MetadataPath, IReadOnlyList<(byte[] Start, byte[] End)>> placesOf)
    {
        if (subs is null)
        {
            return PlannedWrite.Of(delete(place), placesOf(place));
        }

        if (subs.Any(sub => sub.Contains('/', StringComparison.Ordinal)))
        {
            return PlannedWrite.Refused("Sub node must not a path.");
        }

        var targets = subs.Distinct(StringComparer.Ordinal)
            .Select(sub => place.Append(MetadataPath.Split($"/{sub}"))).ToList();
        return PlannedWrite.Of([.. targets.SelectMany(delete)], [.. targets.SelectMany(placesOf)]);
    }

    private IReadOnlyList<(byte[] Start, byte[] End)> DataPlaces(MetadataPath place) =>
        place.IsRoot ? _layout.DataBelow(place) : [Only(_layout.DataKey(place)), .. _layout.DataBelow(place)];

    private IReadOnlyList<(byte[] Start, byte[] End)> MappingPlaces(MetadataPath place) =>
        place.IsRoot ? _layout.MappingBelow(place) : [Only(_layout.MappingKey(place)), .. _layout.MappingBelow(place)];

    private IReadOnlyList<(byte[] Start, byte[] End)> RulePlaces(IEnumerable<string> hosts) =>
        [.. hosts.Select(host => Only(_layout.RuleKey(host)))];

    private static (byte[] Start, byte[] End) Only(byte[] key) => (key, [.. key, 0]);
}
