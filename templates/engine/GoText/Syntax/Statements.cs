using Sync.Templates.Formatting;

namespace Sync.Templates.GoText.Syntax;

/// <summary>Something that is executed for what it writes.</summary>
internal abstract class Statement(int position) : Node(position);

/// <summary>Statements in order.</summary>
internal sealed class ListNode(int position) : Statement(position)
{
    /// <summary>The statements.</summary>
    public List<Statement> Statements { get; } = [];

    /// <summary>Whether nothing but white space, and templates defined elsewhere, stands in the list.</summary>
    public bool IsEmpty => Statements.All(statement => statement switch
    {
        TextNode text => text.Bytes.Span.Trim(" \t\r\n\v\f"u8).IsEmpty,
        ListNode list => list.IsEmpty,
        _ => false,
    });

    /// <inheritdoc/>
    public override string ToString() => StackRoom.IsLeft ? string.Concat(Statements) : "...";
}

/// <summary>Text that is copied to the output.</summary>
internal sealed class TextNode(int position, ReadOnlyMemory<byte> bytes) : Statement(position)
{
    /// <summary>The text.</summary>
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <inheritdoc/>
    public override string ToString() => ByteText.Decode(Bytes.Span);
}

/// <summary>A pipeline whose value is printed, or kept in variables.</summary>
internal sealed class ActionNode(int position, PipeNode pipe) : Statement(position)
{
    /// <summary>The pipeline.</summary>
    public PipeNode Pipe { get; } = pipe;

    /// <inheritdoc/>
    public override string ToString() => $"{{{{{Pipe}}}}}";
}

/// <summary>An <c>if</c>, <c>with</c> or <c>range</c> with its branches.</summary>
internal sealed class BranchNode(int position, BranchKind kind, PipeNode pipe, ListNode body, ListNode? otherwise)
    : Statement(position)
{
    /// <summary>Which of the three it is.</summary>
    public BranchKind Kind { get; } = kind;

    /// <summary>What decides.</summary>
    public PipeNode Pipe { get; } = pipe;

    /// <summary>What is executed when the pipeline is true, or for each element.</summary>
    public ListNode Body { get; } = body;

    /// <summary>What is executed otherwise.</summary>
    public ListNode? Otherwise { get; } = otherwise;

    /// <summary>The place of the variable that takes each element of a range; negative without one.</summary>
    public required int ElementSlot { get; init; }

    /// <summary>The place of the variable that takes each index or key of a range; negative without one.</summary>
    public required int IndexSlot { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        var word = Kind switch { BranchKind.If => "if", BranchKind.With => "with", BranchKind.Range => "range" };
        return $"{{{{{word} {Pipe}}}}}{Body}{(Otherwise is null ? "" : $"{{{{else}}}}{Otherwise}")}{{{{end}}}}";
    }
}

/// <summary>The control structures with branches.</summary>
internal enum BranchKind
{
    If,
    With,
    Range,
}

/// <summary>The invocation of another template.</summary>
internal sealed class TemplateNode(int position, byte[] name, PipeNode? pipe) : Statement(position)
{
    /// <summary>The template's name.</summary>
    public string Name { get; } = ByteText.Decode(name);

    /// <summary>What the other template's dot becomes; nil without it.</summary>
    public PipeNode? Pipe { get; } = pipe;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{{{{template {QuotedText.Quote(name)}{(Pipe is null ? "" : $" {Pipe}")}}}}}";
}

/// <summary>Ends the innermost range.</summary>
internal sealed class BreakNode(int position) : Statement(position)
{
    /// <inheritdoc/>
    public override string ToString() => "{{break}}";
}

/// <summary>Goes on with the next element of the innermost range.</summary>
internal sealed class ContinueNode(int position) : Statement(position)
{
    /// <inheritdoc/>
    public override string ToString() => "{{continue}}";
}

/// <summary>The end of a control structure; only while parsing.</summary>
internal sealed class EndNode(int position) : Statement(position)
{
    /// <inheritdoc/>
    public override string ToString() => "{{end}}";
}

/// <summary>The start of an else branch; only while parsing.</summary>
internal sealed class ElseNode(int position) : Statement(position)
{
    /// <inheritdoc/>
    public override string ToString() => "{{else}}";
}
