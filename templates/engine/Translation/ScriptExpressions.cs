using System.Globalization;
using System.Text;
using Sync.Templates.Functions;
using Sync.Templates.GoText.Syntax;
using Sync.Templates.ScribanText;
using Sync.Templates.Values;

namespace Sync.Templates.Translation;

/// <summary>Go's pipelines as Scriban's expressions.</summary>
/// <param name="names">The names that variables have in Scriban.</param>
/// <param name="fail">Notes what has no counterpart: where, and why.</param>
internal sealed class ScriptExpressions(ScriptNames names, Action<Node, string> fail)
{
    private static readonly Dictionary<string, string> Operators = new(StringComparer.Ordinal)
    {
        ["eq"] = "==",
        ["ne"] = "!=",
        ["lt"] = "<",
        ["le"] = "<=",
        ["gt"] = ">",
        ["ge"] = ">=",
    };

    /// <summary>What the dot is, innermost last.</summary>
    public Stack<Script> Dots { get; } = new();

    /// <summary>What the dollar sign is.</summary>
    public Script Root { get; set; }

    /// <summary>The value of a pipeline, without its variables.</summary>
    public Script Pipeline(PipeNode pipe)
    {
        var value = Command(pipe.Commands[0], null);
        foreach (var command in pipe.Commands.Skip(1))
        {
            value = Command(command, value);
        }

        return value;
    }

    /// <summary>A condition that holds when Go counts the value as true.</summary>
    public static string Truth(Script value) =>
        ReferenceEquals(value.Type, GoType.Bool) ? value.Code : $"!(empty {value.OrNull.Argument})";

    /// <summary>What prints a value as Go does.</summary>
    public static string Printed(Script value) => value.Type switch
    {
        null => value.Code,
        { Kind: Kind.Float64 or Kind.Slice or Kind.Array or Kind.Map or Kind.Struct } => $"printf \"%v\" {value.Argument}",
        _ => value.Code,
    };

    private Script Command(CommandNode command, Script? final)
    {
        var first = command.Words[0];
        if (first is FunctionNode function)
        {
            var arguments = command.Words.Skip(1).Select(word => Operand(word)).ToList();
            if (final is { } piped)
            {
                arguments.Add(piped);
            }

            return Call(function, arguments);
        }

        if (command.Words.Count > 1 || final is not null)
        {
            fail(first, $"{first} is called with arguments, and Scriban has no methods");
        }

        return Operand(first);
    }

    private Script Operand(Expression operand)
    {
        switch (operand)
        {
            case DotNode:
                return Dots.Peek();
            case NilNode:
                return new Script("null", null, IsAtom: true);
            case BoolNode boolean:
                return new Script(boolean.ToString(), GoType.Bool, IsAtom: true);
            case StringNode text:
                return new Script(Quoted(text), GoType.String, IsAtom: true);
            case NumberNode number:
                return Number(number);
            case FieldNode field:
                return Fields(Dots.Peek(), field.Names, field);
            case VariableNode { Name: "$" } root:
                return Fields(Root, root.Names, root);
            case VariableNode variable:
                return Fields(new Script(names.Of(variable), names.TypeOf(variable), IsAtom: true), variable.Names, variable);
            case ChainNode chain:
                return Fields(Operand(chain.Term), chain.Names, chain);
            case FunctionNode function:
                return Call(function, []);
            case PipeNode pipe:
                return Pipeline(pipe);
            default:
                fail(operand, $"{operand} has no counterpart");
                return new Script("null", null, IsAtom: true);
        }
    }

    // Pairs and service records have their fields in small letters; the entries of a map keep their names.
    private Script Fields(Script holder, IReadOnlyList<FieldName> fields, Node node)
    {
        var value = holder;
        foreach (var field in fields)
        {
            if (value.Type is { Kind: Kind.Pointer, Element: { } pointed })
            {
                value = value with { Type = pointed };
            }

            if (ReferenceEquals(value.Type, GoType.Time) || value.Type is { Kind: Kind.Int64 or Kind.Slice })
            {
                fail(node, $"the method {field.Text} has no counterpart; use Scriban's date or timespan functions");
            }

            var member = value.Type is { Kind: Kind.Struct } type ? type.Fields.FirstOrDefault(known => known.Name == field.Text) : null;
            var name = member is null ? field.Text : SnakeCase.Of(field.Text);
            value = new Script(value.IsRoot ? name : $"{value.Argument}.{name}", member?.Type, IsAtom: true)
            {
                Entry = member is null && !value.IsRoot ? $"dig \"{name}\" null {value.Argument}" : null,
            };
        }

        return value;
    }

    private Script Call(FunctionNode node, List<Script> arguments)
    {
        var function = node.Function;
        switch (function.Name)
        {
            case "and" or "or" when arguments.Count > 0:
                return Decided(arguments, function.Name == "and");
            case "not" when arguments.Count == 1:
                return new Script($"!({Truth(arguments[0])})", GoType.Bool, IsAtom: false);
            case "eq" when arguments.Count > 2:
                return new Script(string.Join(" || ", arguments.Skip(1).Select(other =>
                    $"{arguments[0].Argument} == {other.Argument}")), GoType.Bool, IsAtom: false);
            case var name when Operators.TryGetValue(name, out var symbol) && arguments.Count == 2:
                return new Script($"{arguments[0].Argument} {symbol} {arguments[1].Argument}", GoType.Bool, IsAtom: false);
            case "index" when arguments.Count > 1:
                return new Script(arguments[0].Argument + string.Concat(arguments.Skip(1).Select(index => $"[{index.Code}]")),
                    arguments.Count == 2 ? arguments[0].Type?.Element : null, IsAtom: true);
            case "call" or "include" or "executeTemplate" or "scratch" or "datetime" or "slice" or "set" or "unset" or "wrap":
                fail(node, $"{function.Name} has no counterpart in Scriban that does the same");
                break;
        }

        if (function.Name is "default" or "empty" or "coalesce")
        {
            arguments = arguments.ConvertAll(argument => argument.OrNull);
        }

        var called = function.Name switch { "html" => "htmlEscape", "env" => "getenv", "kv" => "kv", var other => other };
        var code = string.Join(' ', arguments.Select(argument => argument.Argument).Prepend(called));
        return new Script(code, ResultOf(function, arguments), IsAtom: false);
    }

    private static GoType? ResultOf(Function function, List<Script> arguments) => function.Name switch
    {
        "reverse" or "sortByLength" when arguments.Count > 0 => arguments[0].Type,
        _ => function.Type.Result is { } result && !ReferenceEquals(result, GoType.Any) && !ReferenceEquals(result, GoType.Unchecked)
            ? result : null,
    };

    // The first operand that decides, as Go has it; a plain truth where all are truths.
    private static Script Decided(List<Script> operands, bool isAnd)
    {
        if (operands.TrueForAll(operand => ReferenceEquals(operand.Type, GoType.Bool)))
        {
            return new Script(string.Join(isAnd ? " && " : " || ", operands.Select(operand => operand.Argument)), GoType.Bool, IsAtom: false);
        }

        var value = operands[^1].OrNull;
        foreach (var operand in operands.AsEnumerable().Reverse().Skip(1).Select(operand => operand.OrNull))
        {
            var (yes, no) = isAnd ? (value, operand) : (operand, value);
            value = new Script($"({Truth(operand)}) ? {yes.Argument} : {no.Argument}",
                ReferenceEquals(yes.Type, no.Type) ? yes.Type : null, IsAtom: false);
        }

        return value;
    }

    private Script Number(NumberNode number)
    {
        if (number.Literal.Complex is not null)
        {
            fail(number, "Scriban has no complex numbers");
        }

        var code = number.Literal.IsIdealFloat
            ? number.Literal.Float.GetValueOrDefault().ToString("R", CultureInfo.InvariantCulture)
            : number.Literal.Int.GetValueOrDefault().ToString(CultureInfo.InvariantCulture);
        return new Script(code, number.Literal.IsIdealFloat ? GoType.Float64 : GoType.Int, IsAtom: code[0] != '-');
    }

    private string Quoted(StringNode node)
    {
        if (!System.Text.Unicode.Utf8.IsValid(node.Value.String))
        {
            fail(node, "the text is not UTF-8");
        }

        var quoted = new StringBuilder("\"");
        foreach (var symbol in node.Value.Text)
        {
            quoted.Append(symbol switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)symbol:x4}"),
                _ => symbol.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}

/// <summary>A Scriban expression.</summary>
/// <param name="Code">Its source.</param>
/// <param name="Type">What it gives, as far as that is known before it runs.</param>
/// <param name="IsAtom">Whether it can stand as an argument as it is.</param>
/// <param name="IsRoot">Whether it is the data of the whole template, whose members are globals.</param>
internal readonly record struct Script(string Code, GoType? Type, bool IsAtom, bool IsRoot = false)
{
    /// <summary>For an entry of a map what gives null when it is absent, where Scriban refuses its name; null for others.</summary>
    public string? Entry { get; init; }

    /// <summary>The same, but null for an entry that is absent: what Go's conditions see of one.</summary>
    public Script OrNull => Entry is null ? this : this with { Code = Entry, IsAtom = false };

    /// <summary>The source as an argument.</summary>
    public string Argument => IsAtom ? Code : $"({Code})";
}
