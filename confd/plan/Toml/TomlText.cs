using Sync.Confd.Plan.Resources;
using Tomlyn;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Sync.Confd.Plan.Toml;

/// <summary>A parsed TOML file: its sections with line numbers, or what is wrong with it.</summary>
/// <param name="Sections">All sections in the order of the file; empty when there are faults.</param>
/// <param name="Faults">Every syntax error with its line.</param>
public sealed record TomlText(IReadOnlyList<TomlSection> Sections, IReadOnlyList<Diagnostic> Faults)
{
    /// <summary>Parses a file's text.</summary>
    /// <param name="file">The name that diagnostics show.</param>
    /// <param name="text">The content.</param>
    /// <returns>Sections or faults, never both.</returns>
    public static TomlText Parse(string file, string text)
    {
        var lines = text.Split('\n');
        DocumentSyntax document;
        try
        {
            document = SyntaxParser.Parse(text, file, validate: true);
        }
        catch (TomlException)
        {
            // The parser says where in all cases but this one.
            return new TomlText([], [Diagnostic.Error(file, 1, "",
                "TOML parse error: a value is nested more than 64 deep; write a list as [\"a\", \"b\"]")]);
        }

        var faults = document.Diagnostics
            .Where(message => message.Kind == DiagnosticMessageKind.Error)
            .Select(message => (message.Span.Start.Line, message.Message))
            .Select(fault => Diagnostic.Error(file, fault.Line + 1, "",
                $"TOML parse error: {fault.Message}; {RemedyFor(lines.ElementAtOrDefault(fault.Line) ?? "")}"))
            .ToList();

        return faults.Count > 0 ? new TomlText([], faults) : new TomlText(SectionsOf(document), []);
    }

    private static string RemedyFor(string line) => line.TrimStart().StartsWith('[')
        ? "write the head of a table as [template], once, or as [[template]] for each of several"
        : """write a line as key = "text", key = 5, key = true or key = ["a", "b"], and each key once""";

    private static List<TomlSection> SectionsOf(DocumentSyntax document)
    {
        var sections = new List<TomlSection> { new("", 1, EntriesOf(document.KeyValues)) };
        foreach (var table in document.Tables)
        {
            var name = table.Name is { } key ? TomlEntry.NameOf(NameOf(key)) : "";
            sections.Add(new TomlSection(name, table.Span.Start.Line + 1, EntriesOf(table.Items)));
        }

        return sections;
    }

    private static List<TomlEntry> EntriesOf(SyntaxList<KeyValueSyntax> items)
    {
        var entries = new List<TomlEntry>();
        foreach (var item in items)
        {
            if (item is { Key: { } key, Value: { } value })
            {
                entries.Add(new TomlEntry(NameOf(key), ValueOf(value), key.Span.Start.Line + 1));
            }
        }

        return entries;
    }

    private static string NameOf(KeySyntax key)
    {
        var parts = new List<string> { PartOf(key.Key) };
        foreach (var dotted in key.DotKeys)
        {
            parts.Add(PartOf(dotted.Key));
        }

        return string.Join('.', parts);
    }

    private static string PartOf(BareKeyOrStringValueSyntax? part) => part switch
    {
        BareKeySyntax { Key.Text: { } text } => text,
        StringValueSyntax { Value: { } text } => text,
        _ => "",
    };

    private static TomlValue ValueOf(SyntaxNode value)
    {
        switch (value)
        {
            case StringValueSyntax text:
                return new TomlValue.Words(text.Value ?? "");
            case IntegerValueSyntax number:
                return new TomlValue.Number(number.Value);
            case BooleanValueSyntax truth:
                return new TomlValue.Truth(truth.Value);
            case ArraySyntax array:
                var items = new List<TomlValue>();
                foreach (var item in array.Items)
                {
                    items.Add(item.Value is { } inner ? ValueOf(inner) : new TomlValue.Other("nothing"));
                }

                return new TomlValue.List(items);
            case FloatValueSyntax:
                return new TomlValue.Other("float");
            case DateTimeValueSyntax:
                return new TomlValue.Other("date");
            default:
                return new TomlValue.Other("table");
        }
    }
}
