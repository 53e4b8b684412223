using System.Globalization;
using Sync.Templates.Functions;
using Sync.Templates.GoText.Syntax;
using Sync.Templates.ScribanText;
using Sync.Templates.Values;

namespace Sync.Templates.Translation;

/// <summary>Names for Scriban that mean nothing else there.</summary>
/// <param name="functions">The functions, whose names are taken.</param>
internal sealed class ScriptNames(IReadOnlyDictionary<string, Function> functions)
{
    private static readonly string[] Reserved =
    [
        "if", "else", "end", "for", "in", "while", "break", "continue", "func", "ret", "wrap", "with", "capture", "readonly",
        "import", "case", "when", "this", "empty", "true", "false", "null", "do", "tablerow", "blank", "array", "date", "html",
        "include", "math", "object", "regex", "string", "timespan", "kv", "env", "now", "resource", "offset", "limit", "reversed",
    ];

    private readonly HashSet<string> _taken = [.. Reserved, .. functions.Keys, .. functions.Keys.Select(SnakeCase.Of)];
    private readonly Dictionary<(string Name, int Slot), string> _variables = [];
    private readonly Dictionary<(string Name, int Slot), GoType?> _types = [];
    private readonly Dictionary<string, string> _templates = new(StringComparer.Ordinal);

    /// <summary>The name of a variable: one for each name and place, so that what shadows stays apart.</summary>
    public string Of(VariableNode variable)
    {
        var key = (variable.Name, variable.Slot);
        if (!_variables.TryGetValue(key, out var name))
        {
            _variables.Add(key, name = Free(variable.Name[1..]));
        }

        return name;
    }

    /// <summary>Notes what a variable holds. A declaration makes it anew; of what is assigned, two different types are none.</summary>
    public void Learn(VariableNode variable, GoType? type, bool isAssignment)
    {
        var key = (variable.Name, variable.Slot);
        _types[key] = isAssignment && _types.TryGetValue(key, out var known) && !ReferenceEquals(known, type) ? null : type;
    }

    /// <summary>What a variable holds, as far as that is known.</summary>
    public GoType? TypeOf(VariableNode variable) => _types.GetValueOrDefault((variable.Name, variable.Slot));

    /// <summary>The function that a defined template becomes.</summary>
    public string OfTemplate(string template)
    {
        if (!_templates.TryGetValue(template, out var name))
        {
            var letters = template.Select(symbol => char.IsAsciiLetterOrDigit(symbol) ? char.ToLowerInvariant(symbol) : '_');
            _templates.Add(template, name = Free("render_" + string.Concat(letters)));
        }

        return name;
    }

    /// <summary>A name that is not taken yet, and is from now on.</summary>
    public string Free(string wanted)
    {
        var name = wanted;
        for (var number = 2; !_taken.Add(name); number++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{wanted}_{number}");
        }

        return name;
    }
}
