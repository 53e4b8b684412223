using System.Text.Json;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Documents;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Model.Access;

/// <summary>Access rules as JSON: one host's list as it is stored, and the body of a write of several hosts.</summary>
public static class RuleDocument
{
    /// <summary>Reads a stored list.</summary>
    /// <param name="json"><c>[{"path":"/","mode":1}]</c>; <c>null</c> and <c>[]</c> are a list without rules.</param>
    public static Reading<IReadOnlyList<AccessRule>> ReadList(ReadOnlyMemory<byte> json) =>
        Parse(json, root => ReadList(root, refuseRepeats: false));

    /// <summary>Reads the body of a write.</summary>
    /// <param name="body"><c>{"10.0.0.1":[{"path":"/","mode":1}]}</c>; hosts come back in canonical form.</param>
    public static Reading<IReadOnlyDictionary<string, IReadOnlyList<AccessRule>>> ReadHosts(ReadOnlyMemory<byte> body) =>
        Parse(body, ReadHosts);

    /// <summary>A host as it is stored: an address or a caller's name in canonical form, a block of addresses, or <c>*</c>.</summary>
    /// <param name="host">As written by a user.</param>
    /// <returns>Null when it is none of these.</returns>
    public static string? CanonicalHost(string host)
    {
        if (host == "*")
        {
            return host;
        }

        if (ClientIdentity.CanonicalKey(host) is { } key)
        {
            return key;
        }

        return AddressBlock.TryParse(host, out var block)
            ? $"{block.Network}{host[host.IndexOf('/', StringComparison.Ordinal)..]}"
            : null;
    }

    /// <summary>Writes a list as it is stored.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="rules">The list.</param>
    public static void Write(ByteBuffer buffer, IReadOnlyList<AccessRule> rules)
    {
        buffer.Append((byte)'[');
        for (var index = 0; index < rules.Count; index++)
        {
            buffer.Append(index == 0 ? "{\"path\":"u8 : ",{\"path\":"u8);
            JsonText.Write(buffer, System.Text.Encoding.UTF8.GetBytes(rules[index].Path));
            buffer.Append(",\"mode\":"u8);
            buffer.Append(ModeText(rules[index].Mode));
            buffer.Append((byte)'}');
        }

        buffer.Append((byte)']');
    }

    /// <summary>A mode's number.</summary>
    /// <param name="mode">The mode.</param>
    internal static ReadOnlySpan<byte> ModeText(AccessMode mode) => mode switch
    {
        AccessMode.Unset => "-1"u8,
        AccessMode.Forbidden => "0"u8,
        AccessMode.Read => "1"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "no such mode"),
    };

    private static Reading<T> Parse<T>(ReadOnlyMemory<byte> json, Func<JsonElement, Reading<T>> read)
        where T : class
    {
        if (json.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            return Reading<T>.Refused(JsonProblem.Empty);
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        catch (JsonException exception)
        {
            return Reading<T>.Refused(JsonProblem.Of(exception));
        }
        catch (InvalidOperationException)
        {
            return Reading<T>.Refused(JsonProblem.Shape("a string holds half of a surrogate pair"));
        }
    }

    private static Reading<IReadOnlyDictionary<string, IReadOnlyList<AccessRule>>> ReadHosts(JsonElement body)
    {
        var hosts = new SortedDictionary<string, IReadOnlyList<AccessRule>>(StringComparer.Ordinal);
        if (body.ValueKind == JsonValueKind.Null)
        {
            return Reading<IReadOnlyDictionary<string, IReadOnlyList<AccessRule>>>.Of(hosts);
        }

        if (body.ValueKind != JsonValueKind.Object)
        {
            return Refused("json: cannot unmarshal into an object of rule lists");
        }

        foreach (var member in body.EnumerateObject())
        {
            if (CanonicalHost(member.Name) is not { } host)
            {
                return Reading<IReadOnlyDictionary<string, IReadOnlyList<AccessRule>>>.Refused(
                    $"rule host [{member.Name}] should be ip, cidr or * .");
            }

            var list = ReadList(member.Value, refuseRepeats: true);
            if (list.IsRefused)
            {
                return Reading<IReadOnlyDictionary<string, IReadOnlyList<AccessRule>>>.Refused(list.Problem);
            }

            hosts[host] = list.Value;
        }

        return Reading<IReadOnlyDictionary<string, IReadOnlyList<AccessRule>>>.Of(hosts);

        static Reading<IReadOnlyDictionary<string, IReadOnlyList<AccessRule>>> Refused(string sentence) =>
            Reading<IReadOnlyDictionary<string, IReadOnlyList<AccessRule>>>.Refused(JsonProblem.Shape(sentence));
    }

    private static Reading<IReadOnlyList<AccessRule>> ReadList(JsonElement element, bool refuseRepeats)
    {
        if (element.ValueKind == JsonValueKind.Null)
        {
            return Reading<IReadOnlyList<AccessRule>>.Of([]);
        }

        if (element.ValueKind != JsonValueKind.Array)
        {
            return Refused("json: cannot unmarshal into a list of rules");
        }

        var rules = new List<AccessRule>();
        var paths = new HashSet<MetadataPath>();
        foreach (var item in element.EnumerateArray())
        {
            var rule = ReadRule(item);
            if (rule.Problem is { } problem)
            {
                return Reading<IReadOnlyList<AccessRule>>.Refused(problem);
            }

            var path = MetadataPath.Split(rule.Path);
            if (path.IsTooDeep)
            {
                return Reading<IReadOnlyList<AccessRule>>.Refused(
                    $"AccessRule path must not have more than {MetadataPath.SegmentsMax} levels.");
            }

            if (!paths.Add(path) && refuseRepeats)
            {
                return Reading<IReadOnlyList<AccessRule>>.Refused($"AccessRule path [{rule.Path}] repeat define.");
            }

            rules.Add(new(rule.Path, rule.Mode));
        }

        return Reading<IReadOnlyList<AccessRule>>.Of(rules);

        static Reading<IReadOnlyList<AccessRule>> Refused(string sentence) =>
            Reading<IReadOnlyList<AccessRule>>.Refused(JsonProblem.Shape(sentence));
    }

    // Names match in any letter case and unknown ones are passed over, as in the program that wrote the lists.
    private static (string Path, AccessMode Mode, string? Problem) ReadRule(JsonElement item)
    {
        var (path, mode) = ("", AccessMode.Forbidden);
        if (item.ValueKind != JsonValueKind.Object)
        {
            return (path, mode, JsonProblem.Shape("json: cannot unmarshal into a rule with path and mode"));
        }

        foreach (var member in item.EnumerateObject())
        {
            var isNull = member.Value.ValueKind == JsonValueKind.Null;
            if (string.Equals(member.Name, "path", StringComparison.OrdinalIgnoreCase) && !isNull)
            {
                if (member.Value.ValueKind != JsonValueKind.String)
                {
                    return (path, mode, JsonProblem.Shape("json: cannot unmarshal into a path, which is a string"));
                }

                path = member.Value.GetString() ?? "";
            }
            else if (string.Equals(member.Name, "mode", StringComparison.OrdinalIgnoreCase) && !isNull)
            {
                if (member.Value.ValueKind != JsonValueKind.Number || !member.Value.TryGetInt64(out var number))
                {
                    return (path, mode, JsonProblem.Shape(member.Value.ValueKind == JsonValueKind.String
                        ? "json: cannot unmarshal string into a mode, which is a number"
                        : "json: cannot unmarshal into a mode, which is an integer"));
                }

                if (number is < -1 or > 1)
                {
                    return (path, mode, $"Invalid AccessMode [{number}]");
                }

                mode = (AccessMode)number;
            }
        }

        return (path, mode, null);
    }
}
