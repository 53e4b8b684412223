using System.Text;
using System.Text.Json;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Model.Documents;

/// <summary>The body of a write of data: JSON turned into values by path.</summary>
public abstract record DataDocument
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    private DataDocument()
    {
    }

    /// <summary>An object or array; what is empty stores nothing.</summary>
    /// <param name="Values">Values by path below the place that is written, in the order of paths.</param>
    public sealed record Container(IReadOnlyList<KeyValuePair<MetadataPath, byte[]>> Values) : DataDocument;

    /// <summary>A string, number, truth value or null.</summary>
    /// <param name="Value">Its text: null is empty.</param>
    public sealed record Scalar(byte[] Value) : DataDocument;

    /// <summary>Reads a body.</summary>
    /// <param name="body">UTF-8 JSON, one value and nothing after it.</param>
    public static Reading<DataDocument> Read(ReadOnlySpan<byte> body)
    {
        if (body.Trim(" \t\r\n"u8).IsEmpty)
        {
            return Reading<DataDocument>.Refused(JsonProblem.Empty);
        }

        try
        {
            var reader = new Utf8JsonReader(body, Options);
            reader.Read();
            if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            {
                var scalar = ScalarText(ref reader);
                reader.Read();
                return Reading<DataDocument>.Of(new Scalar(scalar));
            }

            var values = new SortedDictionary<MetadataPath, byte[]>();
            ReadContainer(ref reader, MetadataPath.Root, values, []);
            reader.Read();
            return Refusal(values.Keys) is { } problem
                ? Reading<DataDocument>.Refused(problem)
                : Reading<DataDocument>.Of(new Container([.. values]));
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

    private static void ReadContainer(
        ref Utf8JsonReader reader,
        MetadataPath place,
        SortedDictionary<MetadataPath, byte[]> values,
        HashSet<MetadataPath> seen)
    {
        var isArray = reader.TokenType == JsonTokenType.StartArray;
        for (var index = 0; reader.Read() && !IsEnd(reader.TokenType); index++)
        {
            var name = isArray ? Encoding.UTF8.GetBytes($"{index}") : StringBytes(ref reader);
            var child = place.Append(MetadataPath.Split([(byte)'/', .. name]));
            if (!seen.Add(child) && !child.IsRoot)
            {
                RemoveFrom(values, child);
            }

            if (!isArray)
            {
                reader.Read();
            }

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                ReadContainer(ref reader, child, values, seen);
            }
            else if (ScalarText(ref reader) is var text && !child.IsRoot)
            {
                values[child] = text;
            }
        }
    }

    private static bool IsEnd(JsonTokenType token) => token is JsonTokenType.EndObject or JsonTokenType.EndArray;

    // Of a key given twice the last counts, with all that it holds.
    private static void RemoveFrom(SortedDictionary<MetadataPath, byte[]> values, MetadataPath place)
    {
        foreach (var path in values.Keys.Where(path => path.IsAtOrBelow(place)).ToList())
        {
            values.Remove(path);
        }
    }

    private static string? Refusal(IEnumerable<MetadataPath> paths)
    {
        foreach (var path in paths)
        {
            if (path.HasDotSegment)
            {
                return $"a key must not have . or .. as a level: {path}";
            }

            if (path.IsTooDeep)
            {
                return $"a key must not have more than {MetadataPath.SegmentsMax} levels";
            }
        }

        return null;
    }

    private static byte[] ScalarText(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => StringBytes(ref reader),
        JsonTokenType.Number => DecimalText.Of(reader.ValueSpan)
            ?? throw new JsonException("a number is too large to be written without an exponent"),
        JsonTokenType.True => "true"u8.ToArray(),
        JsonTokenType.False => "false"u8.ToArray(),
        _ => [],
    };

    private static byte[] StringBytes(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan.ToArray();
        }

        var unescaped = new byte[reader.ValueSpan.Length];
        return unescaped[..reader.CopyString(unescaped)];
    }
}
