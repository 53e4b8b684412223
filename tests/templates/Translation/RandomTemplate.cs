using System.Globalization;
using System.Text;

namespace Sync.Templates.Tests.Translation;

/// <summary>A random Go template of what converts: texts, whole numbers, truths, lists, branches, loops, variables.</summary>
/// <remarks>
/// Left out is what the two languages print differently, as the conversion says: floats, absent values, lists that come out
/// of data.
/// </remarks>
internal sealed class RandomTemplate
{
    private static readonly string[] Literals =
        ["\"\"", "\"a\"", "\"b,c\"", "\"x/y\"", "\"q\\\"\\n\"", "\"{{\"", "\"%é\"", "\"0\"", "`raw\\`", "\"/app/name\""];

    private static readonly string[] Plain = ["text ", "\n", "  \n\t", "{ ", "}", "{%{ ", "é ", "# ", "{{\"{{\"}}"];

    private readonly Random _random;
    private readonly StringBuilder _text = new();
    private List<string> _texts = [];
    private List<string> _numbers = [];
    private string? _dot;
    private int _names;

    private RandomTemplate(int seed) => _random = new Random(seed);

    /// <summary>The template of a seed.</summary>
    public static string Of(int seed)
    {
        var template = new RandomTemplate(seed);
        template._text.Append("{{define \"row\"}}<{{.}}>{{end}}");
        template.Block(2);
        return template._text.ToString();
    }

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    private void Block(int depth)
    {
        var (texts, numbers) = (_texts.ToList(), _numbers.ToList());
        for (var count = _random.Next(1, 5); count > 0; count--)
        {
            Statement(depth);
        }

        (_texts, _numbers) = (texts, numbers);
    }

    private void Action(string code)
    {
        // A minus that a marker touches would be taken for a part of it.
        var (left, right) = (_random.Next(6) == 0 ? "{{- " : "{{", _random.Next(6) == 0 ? " -}}" : "}}");
        _text.Append(left).Append(code).Append(right);
    }

    private void Statement(int depth)
    {
        switch (_random.Next(depth > 0 ? 14 : 5))
        {
            case 0 or 1:
                _text.Append(Pick(Plain));
                break;
            case 2:
                Action(Text(2));
                break;
            case 3:
                Action(Pick(Number(2), Truth(2), $"{Text(1)} | toUpper | printf \"%s|\"", "/* note */"));
                break;
            case 4:
                Declare();
                break;
            case 5 or 6:
                Branch("if " + Pick(Truth(2), Text(2), Number(1), List()), _dot, depth);
                break;
            case 7 or 8:
                Branch($"range {List()}", ".", depth);
                break;
            case 9:
                var (index, element) = (NewName(), NewName());
                Branch($"range {index}, {element} := {List()}", ".", depth, index, element);
                break;
            case 10:
                Branch("with " + Text(2), ".", depth);
                break;
            case 11:
                Action($"range gets \"{Pick("/up/*", "/none/*", "/app/*")}\"");
                Action("base .Key");
                _text.Append('=');
                Action(".Value");
                Action("end");
                break;
            case 12:
                Action($"template \"row\" {Text(1)}");
                break;
            default:
                // In there the dot is a pair.
                var (pair, outer) = (NewName(), _dot);
                _dot = null;
                Action($"range $k, {pair} := gets \"/up/*\"");
                Action($"if eq {pair}.Value {Without(pair)}");
                _dot = outer;
                Action("continue");
                Action("end");
                Action($"{pair}.Key");
                Action("end");
                break;
        }
    }

    private string Without(string name)
    {
        string text;
        do
        {
            text = Text(1);
        }
        while (text.Contains(name, StringComparison.Ordinal));

        return text;
    }

    private string NewName() => string.Create(CultureInfo.InvariantCulture, $"$v{_names++ % 4}");

    private void Declare()
    {
        var name = NewName();
        if (_numbers.Contains(name))
        {
            Action($"{name} = {Number(2)}");
        }
        else if (_texts.Contains(name))
        {
            Action($"{name} = {Text(2)}");
        }
        else if (_random.Next(2) == 0)
        {
            Action($"{name} := {Text(2)}");
            _texts.Add(name);
        }
        else
        {
            Action($"{name} := {Number(2)}");
            _numbers.Add(name);
        }
    }

    private void Branch(string opening, string? dot, int depth, string? index = null, string? element = null)
    {
        Action(opening);
        var (outer, texts, numbers) = (_dot, _texts.ToList(), _numbers.ToList());
        _numbers.RemoveAll(name => name == index || name == element);
        _texts.RemoveAll(name => name == index || name == element);
        _dot = dot;
        if (index is not null && element is not null && index != element)
        {
            _numbers.Add(index);
            _texts.Add(element);
        }

        Block(depth - 1);
        _dot = outer;
        if (index is not null && element is not null && index != element)
        {
            _numbers.Remove(index);
            _texts.Remove(element);
        }

        // The variables of a range are there in its else too, and hold the list.
        if (_random.Next(3) == 0)
        {
            Action("else");
            Block(depth - 1);
        }

        (_texts, _numbers) = (texts, numbers);
        Action("end");
    }

    private string Text(int depth)
    {
        if (depth == 0 || _random.Next(3) == 0)
        {
            var known = _random.Next(3) == 0 && _texts.Count > 0 ? _texts[_random.Next(_texts.Count)] : null;
            return known ?? (_random.Next(3) == 0 && _dot is not null ? _dot : Pick(Literals));
        }

        return _random.Next(9) switch
        {
            0 => $"(toUpper {Text(depth - 1)})",
            1 => $"(base {Text(depth - 1)})",
            2 => $"(printf \"%s-%d\" {Text(depth - 1)} {Number(depth - 1)})",
            3 => $"(replace {Text(depth - 1)} \"a\" {Text(depth - 1)} -1)",
            4 => $"(join {List()} {Text(depth - 1)})",
            5 => $"(or {Text(depth - 1)} {Text(depth - 1)})",
            6 => $"(and {Text(depth - 1)} {Text(depth - 1)})",
            7 => $"(getv \"{Pick("/app/name", "/app/empty", "/none")}\" {Text(depth - 1)})",
            _ => $"(html {Text(depth - 1)})",
        };
    }

    private string Number(int depth)
    {
        if (depth == 0 || _random.Next(3) == 0)
        {
            return _random.Next(2) == 0 && _numbers.Count > 0 ? _numbers[_random.Next(_numbers.Count)] : Pick("0", "1", "-2", "41", "0x10");
        }

        return _random.Next(4) switch
        {
            0 => $"(add {Number(depth - 1)} {Number(depth - 1)})",
            1 => $"(mul {Number(depth - 1)} {Number(depth - 1)})",
            2 => $"(len {List()})",
            _ => $"(len {Text(depth - 1)})",
        };
    }

    private string Truth(int depth)
    {
        if (depth == 0)
        {
            return Pick("true", "false", "(exists \"/app/name\")", "(exists \"/none\")");
        }

        return _random.Next(7) switch
        {
            0 => $"(not {Truth(depth - 1)})",
            1 => $"(not {Text(depth - 1)})",
            2 => $"(and {Truth(depth - 1)} {Truth(depth - 1)})",
            3 => $"(or {Truth(depth - 1)} {Truth(depth - 1)})",
            4 => $"({Pick("eq", "ne")} {Text(depth - 1)} {Text(depth - 1)})",
            5 => $"({Pick("eq", "ne", "lt", "le", "gt", "ge")} {Number(depth - 1)} {Number(depth - 1)})",
            _ => $"(contains {Text(depth - 1)} {Text(depth - 1)})",
        };
    }

    private string List() => Pick("(split \"a,b,,c\" \",\")", "(getvs \"/up/*\")", "(ls \"/app\")", "(getvs \"/none/*\")", $"(split {Text(1)} \",\")");
}
