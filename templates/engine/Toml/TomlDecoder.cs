using System.Globalization;
using Sync.Templates.Diagnostics;
using Sync.Templates.Formatting;
using Sync.Templates.Time;
using Sync.Templates.Values;
using Tomlyn;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Sync.Templates.Toml;

/// <summary>TOML into maps, lists and scalars.</summary>
/// <remarks>Source: TOML 1.0.0.</remarks>
internal static class TomlDecoder
{
    private const int DepthMax = 500;

    private static readonly TomlSerializerOptions Options = TomlSerializerOptions.Default with { MaxDepth = DepthMax };

    /// <summary>Decodes a text.</summary>
    /// <exception cref="FunctionException">It is no TOML.</exception>
    public static Value Decode(string text)
    {
        DocumentSyntax document;
        try
        {
            document = SyntaxParser.Parse(text, Options, "", validate: true);
        }
        catch (TomlException)
        {
            throw new LimitException($"a TOML text is nested more than {DepthMax} deep");
        }

        if (document.Diagnostics.FirstOrDefault(message => message.Kind == DiagnosticMessageKind.Error) is { } fault)
        {
            throw new FunctionException(string.Create(CultureInfo.InvariantCulture,
                $"toml: line {fault.Span.Start.Line + 1}: {fault.Message}"));
        }

        var root = new Table();
        Add(root, document.KeyValues);
        foreach (var table in document.Tables)
        {
            if (table.Name is { } name)
            {
                Add(Folder(root, NamesOf(name), isListItem: table is TableArraySyntax), table.Items);
            }
        }

        return root.ToValue();
    }

    private static void Add(Table table, SyntaxList<KeyValueSyntax> items)
    {
        foreach (var item in items)
        {
            if (item is { Key: { } key, Value: { } value })
            {
                var names = NamesOf(key);
                Folder(table, names[..^1], isListItem: false).Members[names[^1]] = Read(value);
            }
        }
    }

    // The table that a name leads to; of a list of tables the last one.
    private static Table Folder(Table root, List<string> names, bool isListItem)
    {
        var folder = root;
        for (var index = 0; index < names.Count; index++)
        {
            var isLast = isListItem && index == names.Count - 1;
            if (!folder.Members.TryGetValue(names[index], out var child))
            {
                child = isLast ? new List<Table>() : new Table();
                folder.Members.Add(names[index], child);
            }

            if (child is List<Table> list)
            {
                if (isLast)
                {
                    list.Add(new Table());
                }

                folder = list[^1];
            }
            else
            {
                folder = child as Table ?? throw new FunctionException($"toml: {names[index]} is no table");
            }
        }

        return folder;
    }

    private static List<string> NamesOf(KeySyntax key) => [PartOf(key.Key), .. key.DotKeys.Select(dotted => PartOf(dotted.Key))];

    private static string PartOf(BareKeyOrStringValueSyntax? part) => part switch
    {
        BareKeySyntax bare => bare.Key?.Text ?? "",
        StringValueSyntax text => text.Value ?? "",
        _ => "",
    };

    private static object Read(ValueSyntax? value) => value switch
    {
        StringValueSyntax text => Value.Of(text.Value ?? ""),
        IntegerValueSyntax number => Value.OfBits(GoType.Int64, number.Value),
        FloatValueSyntax number => Value.Of(number.Value),
        BooleanValueSyntax boolean => Value.Of(boolean.Value),
        DateTimeValueSyntax time => Value.OfReference(GoType.Time, TimeValue.Parse(
            time.Value.DateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture))),
        ArraySyntax array => Value.OfList(array.Items.Select(item => AsValue(Read(item.Value)))),
        InlineTableSyntax inline => ReadInline(inline),
        _ => default(Value),
    };

    private static Table ReadInline(InlineTableSyntax inline)
    {
        var table = new Table();
        foreach (var item in inline.Items)
        {
            if (item.KeyValue is { Key: { } key, Value: { } value })
            {
                var names = NamesOf(key);
                Folder(table, names[..^1], isListItem: false).Members[names[^1]] = Read(value);
            }
        }

        return table;
    }

    private static Value AsValue(object member) => member switch
    {
        Table table => table.ToValue(),
        List<Table> list => Value.OfList(list.Select(item => item.ToValue())),
        _ => (Value)member,
    };

    private sealed class Table
    {
        public Dictionary<string, object> Members { get; } = new(StringComparer.Ordinal);

        // The parser bounds the depth of values, but not the number of names in a key.
        public Value ToValue() => StackRoom.IsLeft
            ? Value.OfMap(Members.Select(member =>
                new KeyValuePair<byte[], Value>(ByteText.Encode(member.Key), AsValue(member.Value))))
            : throw new LimitException("tables of a TOML text are nested too deeply");
    }
}
