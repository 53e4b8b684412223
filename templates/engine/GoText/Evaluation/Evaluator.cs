using System.Globalization;
using Sync.Templates.Formatting;
using Sync.Templates.Functions;
using Sync.Templates.GoText.Syntax;
using Sync.Templates.Values;

namespace Sync.Templates.GoText.Evaluation;

/// <summary>Runs a Go template once.</summary>
/// <remarks>Source: Go package text/template, "Actions" to "Functions", as of 1.19.</remarks>
internal sealed class Evaluator
{
    private readonly IReadOnlyDictionary<string, TemplateTree> _set;
    private readonly RenderScope _scope;
    private readonly TextBuffer _output;
    private readonly Printer _printer;
    private readonly Operands _operands;

    /// <summary>The template that is running.</summary>
    private TemplateTree _tree;

    private int _frame;
    private int _depth;

    /// <summary>An evaluator that writes to a buffer.</summary>
    public Evaluator(TemplateTree tree, IReadOnlyDictionary<string, TemplateTree> set, RenderScope scope, TextBuffer output)
    {
        _tree = tree;
        _set = set;
        _scope = scope;
        _output = output;
        _printer = new Printer(output);
        _operands = new Operands(this, scope);
    }

    /// <summary>The node that an error would be reported at.</summary>
    public Node? Node { get; set; }

    /// <summary>The variables and arguments in use.</summary>
    public ValueStack Stack { get; } = new();

    /// <summary>Runs the template.</summary>
    /// <param name="dot">The data.</param>
    /// <exception cref="ExecutionException">The template fails.</exception>
    /// <remarks>
    /// What is thrown inside a catch block stands on the stack above all that the caught exception left there, 15 KB each time.
    /// Where templates run templates, exceptions are therefore thrown after the block.
    /// </remarks>
    public void Run(in Value dot)
    {
        string message;
        try
        {
            _frame = Stack.Push(_tree.FrameSizeMax);
            Stack[_frame] = dot;
            Execute(_tree.Body, dot);
            return;
        }
        catch (Exception failure) when (failure is not ExecutionException)
        {
            message = failure.Message;
        }

        throw Fail(message);
    }

    /// <summary>A variable of the running template.</summary>
    public ref Value Variable(VariableNode variable)
    {
        if (variable.Slot < 0)
        {
            throw Fail($"undefined variable: {variable.Name}");
        }

        return ref Stack[_frame + variable.Slot];
    }

    /// <summary>The error of the current node.</summary>
    public ExecutionException Fail(string message) => new(_tree, Node, message);

    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    private Flow Execute(ListNode list, in Value dot)
    {
        if (!StackRoom.IsLeft)
        {
            throw Fail("templates and control structures are nested too deeply for this thread");
        }

        foreach (var statement in list.Statements)
        {
            var flow = Execute(statement, dot);
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private Flow Execute(Statement statement, in Value dot)
    {
        Node = statement;
        if (statement is TextNode text)
        {
            _output.Write(text.Bytes.Span);
            return Flow.Next;
        }

        _scope.BeginAction();
        switch (statement)
        {
            case ActionNode action:
                var value = _operands.Pipeline(action.Pipe, dot);
                if (action.Pipe.Declarations.Count == 0)
                {
                    Print(action, value);
                }

                return Flow.Next;
            case BranchNode { Kind: BranchKind.Range } range:
                return Range(range, dot);
            case BranchNode branch:
                return IfOrWith(branch, dot);
            case TemplateNode template:
                Invoke(template, dot);
                return Flow.Next;
            case BreakNode:
                return Flow.Break;
            case ContinueNode:
                return Flow.Continue;
            case ListNode list:
                return Execute(list, dot);
            default:
                throw Fail($"unknown node: {statement}");
        }
    }

    private Flow IfOrWith(BranchNode branch, in Value dot)
    {
        var value = _operands.Pipeline(branch.Pipe, dot);
        if (value.IsTrue)
        {
            return branch.Kind == BranchKind.With ? Execute(branch.Body, value) : Execute(branch.Body, dot);
        }

        return branch.Otherwise is null ? Flow.Next : Execute(branch.Otherwise, dot);
    }

    private Flow Range(BranchNode range, in Value dot)
    {
        var value = _operands.Pipeline(range.Pipe, dot).Indirect(out _);
        switch (value.Kind)
        {
            case Kind.Array or Kind.Slice when value.Length > 0:
                var list = value.List;
                for (var index = 0; index < list.Count; index++)
                {
                    if (Iterate(range, Value.Of((long)index), list[index]) == Flow.Break)
                    {
                        break;
                    }
                }

                return Flow.Next;
            case Kind.Map when value.Length > 0:
                // The entries at the start: the body may change the map.
                var keys = value.Map.Keys;
                var elements = value.Map.Elements;
                for (var index = 0; index < keys.Length; index++)
                {
                    if (Iterate(range, keys[index], elements[index]) == Flow.Break)
                    {
                        break;
                    }
                }

                return Flow.Next;
            case Kind.Chan when value.Reference is ChannelValue { Count: > 0 } channel:
                for (var index = 0; channel.TryReceive(out var element); index++)
                {
                    if (Iterate(range, Value.Of((long)index), element) == Flow.Break)
                    {
                        break;
                    }
                }

                return Flow.Next;
            case var kind when kind.IsInteger && _scope.Options.NewerGoSyntax && (kind.IsUnsigned ? value.Uint > 0 : value.Int > 0):
                if (range.IndexSlot >= 0)
                {
                    throw Fail($"can't use {Show(value)} to iterate over more than one variable");
                }

                var end = value.Uint;
                for (var number = 0UL; number < end; number++)
                {
                    if (Iterate(range, default, Value.OfBits(value.Type, (long)number)) == Flow.Break)
                    {
                        break;
                    }
                }

                return Flow.Next;
            case Kind.Array or Kind.Slice or Kind.Map or Kind.Chan or Kind.Invalid:
            case var kind when kind.IsInteger && _scope.Options.NewerGoSyntax:
                return range.Otherwise is null ? Flow.Next : Execute(range.Otherwise, dot);
            default:
                throw Fail($"range can't iterate over {Show(value)}");
        }
    }

    private Flow Iterate(BranchNode range, in Value index, in Value element)
    {
        _scope.CountIteration();
        if (range.ElementSlot >= 0)
        {
            Stack[_frame + range.ElementSlot] = element;
        }

        if (range.IndexSlot >= 0)
        {
            Stack[_frame + range.IndexSlot] = index;
        }

        return Execute(range.Body, element);
    }

    private void Invoke(TemplateNode template, in Value dot)
    {
        if (!_set.TryGetValue(template.Name, out var tree))
        {
            throw Fail($"template {QuotedText.Quote(template.Name)} not defined");
        }

        if (_depth >= _scope.Limits.RecursionDepthMax)
        {
            throw Fail(string.Create(CultureInfo.InvariantCulture,
                $"exceeded maximum template depth ({_scope.Limits.RecursionDepthMax})"));
        }

        _scope.CheckTime();
        var data = template.Pipe is null ? default : _operands.Pipeline(template.Pipe, dot);
        var (callerTree, callerFrame) = (_tree, _frame);
        _tree = tree;
        _frame = Stack.Push(tree.FrameSizeMax);
        Stack[_frame] = data;
        _depth++;
        Execute(tree.Body, data);
        _depth--;
        Stack.Pop(_frame);
        (_tree, _frame) = (callerTree, callerFrame);
    }

    private void Print(ActionNode action, in Value result)
    {
        Node = action;
        if (result.Kind == Kind.String)
        {
            _output.Write(result.String);
            return;
        }

        if (ReferenceEquals(result.DynamicType, GoType.Int) && result.Slot == Slot.Concrete)
        {
            _output.WriteDecimal(result.Int);
            return;
        }

        // A pointer with a text of its own keeps it; any other is what it points to.
        var value = result.Kind == Kind.Pointer && OwnText.Of(result) is null ? result.Indirect(out _) : result;
        if (!value.IsValid)
        {
            _output.Write("<no value>"u8);
            return;
        }

        if (value.Kind is Kind.Chan or Kind.Func)
        {
            throw Fail($"can't print {action} of type {value.Type.Name}");
        }

        _printer.Flags = default;
        _printer.PrintArgument(value, 'v');
    }

    private string Show(in Value value)
    {
        using var text = _scope.NewText();
        new Printer(text).PrintArgument(value, 'v');
        return ByteText.Decode(text.Written);
    }
}
