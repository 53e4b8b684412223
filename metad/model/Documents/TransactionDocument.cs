using System.Text;
using System.Text.Json;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Model.Documents;

/// <summary>The body of a write of data, mappings and rules in one transaction.</summary>
/// <remarks>
/// <code>
/// {"data":    {"put": {"/nodes/1": {...}}, "post": {"/nodes/2": {...}}, "delete": ["/nodes/3"]},
///  "mapping": {"put": {"/10.0.0.1": {...}}, "post": {...}, "delete": ["/10.0.0.2"]},
///  "rule":    {"put": {"10.0.0.1": [...]}, "delete": ["10.0.0.2"]}}
/// </code>
/// Every member may be left out. <c>put</c> merges and <c>post</c> replaces, as the verbs do.
/// </remarks>
public static class TransactionDocument
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };

    /// <summary>Reads a body.</summary>
    /// <param name="body">UTF-8 JSON.</param>
    public static Reading<IReadOnlyList<TransactionStep>> Read(ReadOnlyMemory<byte> body)
    {
        if (body.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            return Reading<IReadOnlyList<TransactionStep>>.Refused(JsonProblem.Empty);
        }

        try
        {
            using var document = JsonDocument.Parse(body, Options);
            var steps = new List<TransactionStep>();
            return Read(document.RootElement, steps) is { } problem
                ? Reading<IReadOnlyList<TransactionStep>>.Refused(JsonProblem.Shape(problem))
                : Reading<IReadOnlyList<TransactionStep>>.Of(steps);
        }
        catch (JsonException exception)
        {
            return Reading<IReadOnlyList<TransactionStep>>.Refused(JsonProblem.Of(exception));
        }
        catch (InvalidOperationException)
        {
            return Reading<IReadOnlyList<TransactionStep>>.Refused(
                JsonProblem.Shape("a string holds half of a surrogate pair"));
        }
    }

    private static string? Read(JsonElement root, List<TransactionStep> steps)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return "an object with data, mapping and rule is wanted";
        }

        foreach (var part in root.EnumerateObject())
        {
            TransactionTarget? target = part.Name switch
            {
                "data" => TransactionTarget.Data,
                "mapping" => TransactionTarget.Mapping,
                "rule" => TransactionTarget.Rule,
                _ => null,
            };
            if (target is not { } known || part.Value.ValueKind != JsonValueKind.Object)
            {
                return $"{part.Name} is not data, mapping or rule with an object";
            }

            foreach (var verb in part.Value.EnumerateObject())
            {
                if (ReadVerb(known, verb, steps) is { } problem)
                {
                    return problem;
                }
            }
        }

        return null;
    }

    private static string? ReadVerb(TransactionTarget target, JsonProperty verb, List<TransactionStep> steps) => verb.Name switch
    {
        "put" when target == TransactionTarget.Rule && verb.Value.ValueKind == JsonValueKind.Object =>
            Add(steps, new(target, TransactionVerb.Put, "", Bytes(verb.Value))),
        "put" when verb.Value.ValueKind == JsonValueKind.Object => AddAll(target, TransactionVerb.Put, verb.Value, steps),
        "post" when target != TransactionTarget.Rule && verb.Value.ValueKind == JsonValueKind.Object =>
            AddAll(target, TransactionVerb.Post, verb.Value, steps),
        "delete" when verb.Value.ValueKind == JsonValueKind.Array => AddDeletes(target, verb.Value, steps),
        _ => $"{verb.Name} is not put or post with an object, or delete with an array",
    };

    private static string? AddAll(
        TransactionTarget target, TransactionVerb verb, JsonElement places, List<TransactionStep> steps)
    {
        foreach (var place in places.EnumerateObject())
        {
            if (Problem(place.Name) is { } problem)
            {
                return problem;
            }

            steps.Add(new(target, verb, place.Name, Bytes(place.Value)));
        }

        return null;
    }

    private static string? AddDeletes(TransactionTarget target, JsonElement places, List<TransactionStep> steps)
    {
        foreach (var place in places.EnumerateArray())
        {
            if (place.ValueKind != JsonValueKind.String)
            {
                return "delete is not an array of strings";
            }

            var name = place.GetString() ?? "";
            if (target != TransactionTarget.Rule && Problem(name) is { } problem)
            {
                return problem;
            }

            steps.Add(new(target, TransactionVerb.Delete, name, default));
        }

        return null;
    }

    private static string? Problem(string place)
    {
        var path = MetadataPath.Split(place);
        return place is not ['/', ..] ? $"a place must begin with a slash: {place}"
            : path.HasDotSegment ? $"a key must not have . or .. as a level: {place}"
            : path.IsTooDeep ? $"a key must not have more than {MetadataPath.SegmentsMax} levels"
            : null;
    }

    private static string? Add(List<TransactionStep> steps, TransactionStep step)
    {
        steps.Add(step);
        return null;
    }

    private static byte[] Bytes(JsonElement element) => Encoding.UTF8.GetBytes(element.GetRawText());
}
