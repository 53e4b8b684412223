using System.Text;
using System.Text.Json;
using Sync.Metad.Model.Documents;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Model.Mapping;

/// <summary>The body of a write of mappings: names and the data paths that they stand for.</summary>
/// <remarks>
/// Whom an entry is for is stored in its canonical form (<see cref="MappingEntry"/>), targets word for word. A name that is
/// empty falls away.
/// </remarks>
public static class MappingDocument
{
    private const string MustBeObject = "mapping data should be json object.";
    private const string MustBeAddress = "mapping's first level key should be ip .";
    private const string MustBeName = "mapping key should not be path.";
    private const string MustBePath = "mapping's value should be path .";

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };

    /// <summary>Reads a body against the place that it is written to.</summary>
    /// <param name="place">The place: the root, an entry, or a name below one.</param>
    /// <param name="body">UTF-8 JSON.</param>
    public static Reading<DataDocument> Read(MetadataPath place, ReadOnlyMemory<byte> body)
    {
        if (body.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            return Reading<DataDocument>.Refused(JsonProblem.Empty);
        }

        try
        {
            using var document = JsonDocument.Parse(body, Options);
            var values = new SortedDictionary<MetadataPath, byte[]>();
            var problem = ReadPlace(place, document.RootElement, values);
            return problem is not null
                ? Reading<DataDocument>.Refused(problem)
                : Reading<DataDocument>.Of(
                    document.RootElement.ValueKind == JsonValueKind.String
                        ? new DataDocument.Scalar(values[MetadataPath.Root])
                        : new DataDocument.Container([.. values]));
        }
        catch (JsonException exception)
        {
            return Reading<DataDocument>.Refused(JsonProblem.Of(exception));
        }
        catch (InvalidOperationException)
        {
            return Reading<DataDocument>.Refused(JsonProblem.Shape("a string holds half of a surrogate pair"));
        }
    }

    /// <summary>The place as it is stored: with its entry in canonical form.</summary>
    /// <param name="place">A place as requested.</param>
    /// <returns>Null when the first segment is no <see cref="MappingEntry"/>.</returns>
    public static MetadataPath? Canonical(MetadataPath place)
    {
        if (place.IsRoot)
        {
            return place;
        }

        return MappingEntry.Canonical(Encoding.UTF8.GetString(place.FirstSegment)) is { } key
            ? MetadataPath.Split($"/{key}").Append(place.BelowFirstSegment)
            : null;
    }

    private static string? ReadPlace(
        MetadataPath place, JsonElement body, SortedDictionary<MetadataPath, byte[]> values)
    {
        if (!place.IsRoot)
        {
            return Canonical(place) is null ? NoEntry(Encoding.UTF8.GetString(place.FirstSegment))
                : place.BelowFirstSegment.IsRoot && body.ValueKind != JsonValueKind.Object ? MustBeObject
                : ReadTargets(MetadataPath.Root, body, values);
        }

        if (body.ValueKind != JsonValueKind.Object)
        {
            return MustBeObject;
        }

        foreach (var member in body.EnumerateObject())
        {
            if (MappingEntry.Canonical(member.Name) is not { } key)
            {
                return NoEntry(member.Name);
            }

            var problem = member.Value.ValueKind != JsonValueKind.Object
                ? MustBeObject
                : ReadTargets(MetadataPath.Split($"/{key}"), member.Value, values);
            if (problem is not null)
            {
                return problem;
            }
        }

        return null;
    }

    // What stock clients have sent keeps the message that they know.
    private static string NoEntry(string text) => text.AsSpan().ContainsAny('/', '%')
        ? $"mapping's first level key [{text}] should be ip, name, block such as 10.0.0.0/8 or fd00::/8, or default ."
        : MustBeAddress;

    private static string? ReadTargets(
        MetadataPath place, JsonElement element, SortedDictionary<MetadataPath, byte[]> values)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            var target = element.GetString() ?? "";
            values[place] = Encoding.UTF8.GetBytes(target);
            return target.StartsWith('/') ? null : MustBePath;
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return MustBePath;
        }

        foreach (var member in element.EnumerateObject())
        {
            if (member.Name.Contains('/', StringComparison.Ordinal))
            {
                return MustBeName;
            }

            var name = MetadataPath.Split($"/{member.Name}");
            if (name.HasDotSegment || place.IsTooDeep)
            {
                return MustBeName;
            }

            if (name.IsRoot)
            {
                continue;
            }

            if (ReadTargets(place.Append(name), member.Value, values) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }
}
