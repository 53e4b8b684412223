using Sync.Templates.Formatting;
using Sync.Templates.Functions;
using Sync.Templates.Values;

namespace Sync.Templates.GoText.Syntax;

/// <summary>Something that is evaluated to a value.</summary>
internal abstract class Expression(int position) : Node(position);

/// <summary>A chain of commands, each fed with the value of the one before.</summary>
internal sealed class PipeNode(int position) : Expression(position)
{
    /// <summary>The variables that the value is declared as or assigned to.</summary>
    public List<VariableNode> Declarations { get; } = [];

    /// <summary>Whether the variables exist already.</summary>
    public bool IsAssignment { get; set; }

    /// <summary>The commands in order, at least one.</summary>
    public List<CommandNode> Commands { get; } = [];

    /// <inheritdoc/>
    public override string ToString()
    {
        if (!StackRoom.IsLeft)
        {
            return "...";
        }

        var declarations = Declarations.Count == 0
            ? ""
            : $"{string.Join(", ", Declarations)} {(IsAssignment ? "=" : ":=")} ";
        return declarations + string.Join(" | ", Commands);
    }
}

/// <summary>An operand, or a function with its arguments.</summary>
internal sealed class CommandNode(int position) : Expression(position)
{
    /// <summary>The function or operand, then the arguments.</summary>
    public List<Expression> Words { get; } = [];

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join(' ', Words.Select(word => word is PipeNode ? $"({word})" : word.ToString()));
}

/// <summary>The cursor, <c>.</c></summary>
internal sealed class DotNode(int position) : Expression(position)
{
    /// <inheritdoc/>
    public override string ToString() => ".";
}

/// <summary>The word <c>nil</c>.</summary>
internal sealed class NilNode(int position) : Expression(position)
{
    /// <inheritdoc/>
    public override string ToString() => "nil";
}

/// <summary>A boolean constant.</summary>
internal sealed class BoolNode(int position, bool value) : Expression(position)
{
    /// <summary>The constant.</summary>
    public Value Value { get; } = Value.Of(value);

    /// <inheritdoc/>
    public override string ToString() => Value.Bool ? "true" : "false";
}

/// <summary>A string constant.</summary>
internal sealed class StringNode(int position, string quoted, byte[] text) : Expression(position)
{
    /// <summary>The constant.</summary>
    public Value Value { get; } = Value.Of(text);

    /// <inheritdoc/>
    public override string ToString() => quoted;
}

/// <summary>A number constant.</summary>
internal sealed class NumberNode(int position, NumberLiteral literal) : Expression(position)
{
    /// <summary>The number in each type that can hold it.</summary>
    public NumberLiteral Literal { get; } = literal;

    /// <inheritdoc/>
    public override string ToString() => Literal.Text;
}

/// <summary>Fields of the cursor, <c>.a.b</c></summary>
internal sealed class FieldNode(int position, IReadOnlyList<FieldName> names) : Expression(position)
{
    /// <summary>The names in order, at least one.</summary>
    public IReadOnlyList<FieldName> Names { get; } = names;

    /// <inheritdoc/>
    public override string ToString() => string.Concat(Names.Select(name => $".{name.Text}"));
}

/// <summary>A variable and fields of it, <c>$x.a.b</c></summary>
internal sealed class VariableNode(int position, string name, int slot, IReadOnlyList<FieldName> names)
    : Expression(position)
{
    /// <summary>The name with its dollar sign.</summary>
    public string Name { get; } = name;

    /// <summary>The variable's place in the template's frame; negative when it is assigned but never declared.</summary>
    public int Slot { get; } = slot;

    /// <summary>The fields in order.</summary>
    public IReadOnlyList<FieldName> Names { get; } = names;

    /// <inheritdoc/>
    public override string ToString() => Name + string.Concat(Names.Select(name => $".{name.Text}"));
}

/// <summary>A term in parentheses or a function, and fields of it, <c>(f x).a</c></summary>
internal sealed class ChainNode(int position, Expression term, IReadOnlyList<FieldName> names) : Expression(position)
{
    /// <summary>What the fields are taken from.</summary>
    public Expression Term { get; } = term;

    /// <summary>The names in order, at least one.</summary>
    public IReadOnlyList<FieldName> Names { get; } = names;

    /// <inheritdoc/>
    public override string ToString() =>
        (Term is PipeNode ? $"({Term})" : Term.ToString()) + string.Concat(Names.Select(name => $".{name.Text}"));
}

/// <summary>A function by its name.</summary>
internal sealed class FunctionNode(int position, Function function) : Expression(position)
{
    /// <summary>The function.</summary>
    public Function Function { get; } = function;

    /// <inheritdoc/>
    public override string ToString() => Function.Name;
}

/// <summary>A field's name, as text and as the bytes of a map's key.</summary>
internal sealed class FieldName(string text)
{
    /// <summary>The name.</summary>
    public string Text { get; } = text;

    /// <summary>The name in UTF-8.</summary>
    public byte[] Bytes { get; } = ByteText.Encode(text);

    /// <summary>The name in quotes.</summary>
    public string Quoted => QuotedText.Quote(Bytes);
}
