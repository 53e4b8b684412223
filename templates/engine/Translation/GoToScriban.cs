using System.Globalization;
using System.Text;
using Sync.Templates.Diagnostics;
using Sync.Templates.Formatting;
using Sync.Templates.Functions;
using Sync.Templates.GoText;
using Sync.Templates.GoText.Syntax;
using Sync.Templates.Values;

namespace Sync.Templates.Translation;

/// <summary>Rewrites Go templates in Scriban.</summary>
/// <remarks>
/// Action by action: text, comments and trim markers stay where they are; templates that are defined become functions
/// at the top. Whether both render the same on some data is for the caller to prove by rendering both: Scriban prints
/// large and fractional numbers, absent values and lists differently, and treats the kinds of values more loosely.
/// </remarks>
public sealed class GoToScriban
{
    private readonly string _name;
    private readonly byte[] _source;
    private readonly List<SourceSegment> _segments;
    private readonly Dictionary<int, Statement> _statements = [];
    private readonly HashSet<(string Name, int Slot)> _assigned = [];
    private readonly List<Diagnostic> _faults = [];
    private readonly ScriptNames _names;
    private readonly ScriptExpressions _expressions;
    private readonly Stack<Frame> _frames = new();
    private readonly StringBuilder _functions = new();
    private StringBuilder _output = new();

    private GoToScriban(string name, byte[] source, TemplateOptions options, IReadOnlyDictionary<string, Function> functions)
    {
        _name = name;
        _source = source;
        _segments = SourceSegment.Cut(source, Delimiter(options.LeftDelimiter, "{{"), Delimiter(options.RightDelimiter, "}}"));
        _names = new ScriptNames(functions);
        _expressions = new ScriptExpressions(_names, Fail);
        var root = new Script("this", null, IsAtom: true, IsRoot: true);
        _expressions.Root = root;
        _expressions.Dots.Push(root);
    }

    /// <summary>Converts a template.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="text">The Go template.</param>
    /// <param name="options">How it is parsed.</param>
    /// <returns>The Scriban template, or what is wrong with the Go template, or what has no counterpart.</returns>
    public static ConversionResult Convert(string name, ReadOnlyMemory<byte> text, TemplateOptions options)
    {
        var functions = FunctionTable.For(options);
        var source = text.ToArray();
        var set = new Dictionary<string, TemplateTree>(StringComparer.Ordinal);
        try
        {
            Parser.Parse(name, source, options, functions, set);
        }
        catch (SyntaxException fault)
        {
            return new ConversionResult(default, [new Diagnostic(name, fault.Line, fault.Column, fault.Message,
                string.Create(CultureInfo.InvariantCulture, $"template: {name}:{fault.Line}: {fault.Message}"))]);
        }

        var conversion = new GoToScriban(name, source, options, functions);
        foreach (var tree in set.Values)
        {
            conversion.Collect(tree.Body);
        }

        return conversion.Run();
    }

    private static byte[] Delimiter(string given, string usual) => Encoding.UTF8.GetBytes(given.Length == 0 ? usual : given);

    // Which statement stands in which segment.
    private void Collect(ListNode list)
    {
        foreach (var statement in list.Statements)
        {
            if (statement is ActionNode or BranchNode or TemplateNode)
            {
                _statements[_segments.FindIndex(segment => segment.End > statement.Position)] = statement;
            }

            if (statement is ActionNode { Pipe: { IsAssignment: true } pipe })
            {
                _assigned.UnionWith(pipe.Declarations.Select(variable => (variable.Name, variable.Slot)));
            }

            if (statement is BranchNode branch)
            {
                Collect(branch.Body);
                Collect(branch.Otherwise ?? new ListNode(0));
            }
        }
    }

    private ConversionResult Run()
    {
        for (var index = 0; index < _segments.Count; index++)
        {
            var segment = _segments[index];
            switch (segment.Kind)
            {
                case SegmentKind.Text:
                    _output.Append(Text(segment));
                    break;
                case SegmentKind.Comment:
                    var comment = Inner(segment).Trim()[2..^2].Trim().Replace("##", "# #", StringComparison.Ordinal);
                    Write(segment, comment.Length == 0 ? "\"\"" : $"## {comment} ##");
                    break;
                default:
                    Action(segment, _statements.GetValueOrDefault(index));
                    break;
            }
        }

        var text = ByteText.Encode(_functions.Append(_output).ToString());
        return new ConversionResult(text, [.. _faults.OrderBy(fault => fault.Line).ThenBy(fault => fault.Column)]);
    }

    // What would open an action or an escaped text in Scriban is printed instead.
    private string Text(SourceSegment segment) => ByteText.Decode(_source.AsSpan(segment.Start, segment.End - segment.Start))
        .Replace("{{", "{{ \"{{\" }}", StringComparison.Ordinal)
        .Replace("{%{", "{{ \"{%\" }}{", StringComparison.Ordinal);

    private string Inner(SourceSegment segment) =>
        ByteText.Decode(_source.AsSpan(segment.InnerStart, segment.InnerEnd - segment.InnerStart));

    private void Write(SourceSegment segment, string code) =>
        _output.Append(segment.TrimsLeft ? "{{- " : "{{ ").Append(code).Append(segment.TrimsRight ? " -}}" : " }}");

    private void Action(SourceSegment segment, Statement? statement)
    {
        var inner = Inner(segment).Trim();
        var word = new string([.. inner.TakeWhile(symbol => char.IsAsciiLetter(symbol))]);
        switch (word)
        {
            case "end":
                End(segment);
                break;
            case "else":
                Else(segment, statement as BranchNode);
                break;
            case "break" or "continue":
                Write(segment, word);
                break;
            case "define":
                var quoted = inner[word.Length..].Trim();
                OpenFunction(segment, ByteText.Decode(StringLiteral.Unquote(ByteText.Encode(quoted)) ?? []), call: null);
                break;
            case "block" when statement is TemplateNode block:
                OpenFunction(segment, block.Name, Invocation(block));
                break;
            default:
                Statement(segment, statement);
                break;
        }
    }

    private void Statement(SourceSegment segment, Statement? statement)
    {
        switch (statement)
        {
            case ActionNode { Pipe: { Declarations.Count: > 0 } pipe }:
                Write(segment, Assignment(pipe));
                break;
            case ActionNode action:
                Write(segment, ScriptExpressions.Printed(_expressions.Pipeline(action.Pipe)));
                break;
            case TemplateNode template:
                Write(segment, Invocation(template));
                break;
            case BranchNode { Kind: BranchKind.If } branch:
                Open(segment, branch, Condition(branch), _expressions.Dots.Peek());
                break;
            case BranchNode { Kind: BranchKind.With } branch:
                With(segment, branch);
                break;
            case BranchNode branch:
                Range(segment, branch);
                break;
        }
    }

    private string Assignment(PipeNode pipe, bool mayBeAbsent = false)
    {
        var value = _expressions.Pipeline(pipe);
        value = mayBeAbsent ? value.OrNull : value;
        _names.Learn(pipe.Declarations[0], value.Type, pipe.IsAssignment);
        return $"{_names.Of(pipe.Declarations[0])} = {value.Code}";
    }

    private string Condition(BranchNode branch)
    {
        if (branch.Pipe.Declarations.Count == 0)
        {
            return $"if {ScriptExpressions.Truth(_expressions.Pipeline(branch.Pipe))}";
        }

        var assignment = Assignment(branch.Pipe, mayBeAbsent: true);
        var variable = branch.Pipe.Declarations[0];
        return $"{assignment}; if {ScriptExpressions.Truth(new Script(_names.Of(variable), _names.TypeOf(variable), IsAtom: true))}";
    }

    private void Open(SourceSegment segment, BranchNode branch, string code, Script dot)
    {
        Write(segment, code);
        _frames.Push(new Frame(null));
        _expressions.Dots.Push(dot);
    }

    private void With(SourceSegment segment, BranchNode branch)
    {
        if (branch.Pipe.Declarations is [var variable] && !IsAssignedLater(variable))
        {
            var condition = Condition(branch);
            Open(segment, branch, condition, new Script(_names.Of(variable), _names.TypeOf(variable), IsAtom: true));
            return;
        }

        var value = _expressions.Pipeline(branch.Pipe).OrNull;
        var dot = new Script(_names.Free("item"), value.Type, IsAtom: true);
        var copy = "";
        if (branch.Pipe.Declarations is [var changing])
        {
            _names.Learn(changing, value.Type, branch.Pipe.IsAssignment);
            copy = $"{_names.Of(changing)} = {dot.Code}; ";
        }

        Open(segment, branch, $"{dot.Code} = {value.Code}; {copy}if {ScriptExpressions.Truth(dot)}", dot);
    }

    // The dot stays what it is when the variable that it came with is assigned, and Scriban forgets what is assigned to the
    // variable of a loop. Such a variable is a copy.
    private bool IsAssignedLater(VariableNode variable) => _assigned.Contains((variable.Name, variable.Slot));

    // Of a list the elements, of a map and of what may be either the pairs.
    private void Range(SourceSegment segment, BranchNode branch)
    {
        var collection = _expressions.Pipeline(branch.Pipe).OrNull;
        var variables = branch.Pipe.Declarations;
        var isList = collection.Type is { Kind: Kind.Slice or Kind.Array or Kind.Chan };
        var element = collection.Type is { Kind: Kind.Slice or Kind.Array or Kind.Chan or Kind.Map, Element: { Kind: not Kind.Interface } known }
            ? known : null;
        if (isList && !branch.Pipe.IsAssignment)
        {
            var isCopied = variables.Count > 0 && IsAssignedLater(variables[^1]);
            var name = variables.Count > 0 && !isCopied ? _names.Of(variables[^1]) : _names.Free("item");
            var copy = isCopied ? $"; {_names.Of(variables[^1])} = {name}" : "";
            var index = variables.Count > 1 ? $"; {_names.Of(variables[0])} = for.index" : "";
            Learn(branch.Pipe, element, GoType.Int);
            Open(segment, branch, $"for {name} in {collection.Argument}{copy}{index}", new Script(name, element, IsAtom: true));
            return;
        }

        var pair = _names.Free("pair");
        var code = new StringBuilder($"for {pair} in (pairs {collection.Argument})");
        if (variables.Count > 0)
        {
            code.Append(CultureInfo.InvariantCulture, $"; {_names.Of(variables[^1])} = {pair}.value");
        }

        if (variables.Count > 1)
        {
            code.Append(CultureInfo.InvariantCulture, $"; {_names.Of(variables[0])} = {pair}.key");
        }

        Learn(branch.Pipe, element, collection.Type?.Key);
        Open(segment, branch, code.ToString(), new Script($"{pair}.value", element, IsAtom: true));
    }

    private void Learn(PipeNode pipe, GoType? element, GoType? index)
    {
        if (pipe.Declarations.Count > 0)
        {
            _names.Learn(pipe.Declarations[^1], element, pipe.IsAssignment);
        }

        if (pipe.Declarations.Count > 1)
        {
            _names.Learn(pipe.Declarations[0], index, pipe.IsAssignment);
        }
    }

    private void Else(SourceSegment segment, BranchNode? branch)
    {
        // The dot of the branch ends, that of what is around it holds again.
        _expressions.Dots.Pop();
        _expressions.Dots.Push(_expressions.Dots.Peek());
        if (branch is null)
        {
            Write(segment, "else");
            return;
        }

        if (branch.Kind == BranchKind.With || branch.Pipe.Declarations.Count > 0)
        {
            Fail(branch.Pipe, "a branch of else that sets a variable or the dot; write it as an if inside the else");
        }

        Write(segment, $"else if {ScriptExpressions.Truth(_expressions.Pipeline(branch.Pipe))}");
    }

    private void End(SourceSegment segment)
    {
        _expressions.Dots.Pop();
        var frame = _frames.Pop();
        if (frame.Outside is not { } outside)
        {
            Write(segment, "end");
            return;
        }

        // The line end inside the braces prints nothing.
        _output.Append(segment.TrimsLeft ? "{{- end\n}}" : "{{ end\n}}");
        _functions.Append(_output);
        _output = outside.Output;
        _expressions.Root = outside.Root;
        if (outside.Call is { } call)
        {
            Write(outside.Opening with { TrimsRight = segment.TrimsRight }, call);
        }
        else if (outside.Opening.TrimsLeft || segment.TrimsRight)
        {
            Write(outside.Opening with { TrimsRight = segment.TrimsRight }, "\"\"");
        }
    }

    private void OpenFunction(SourceSegment segment, string template, string? call)
    {
        _frames.Push(new Frame(new Outside(_output, _expressions.Root, segment, call)));
        _output = new StringBuilder();
        var dot = new Script("dot", null, IsAtom: true);
        _expressions.Root = dot;
        _expressions.Dots.Push(dot);
        Write(segment with { TrimsLeft = false }, $"func {_names.OfTemplate(template)}(dot)");
    }

    private string Invocation(TemplateNode template)
    {
        var data = template.Pipe is null ? new Script("null", null, IsAtom: true) : _expressions.Pipeline(template.Pipe);
        return $"{_names.OfTemplate(template.Name)} {data.Argument}";
    }

    private void Fail(Node node, string reason)
    {
        var before = _source.AsSpan(0, node.Position);
        var (line, column) = (before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'));
        _faults.Add(new Diagnostic(_name, line, column, reason,
            string.Create(CultureInfo.InvariantCulture, $"{_name}:{line}:{column}: {reason}")));
    }

    /// <summary>What an <c>end</c> will close: a branch, or a function that stands somewhere.</summary>
    private sealed record Frame(Outside? Outside);

    /// <summary>Where the conversion goes on behind a function.</summary>
    private sealed record Outside(StringBuilder Output, Script Root, SourceSegment Opening, string? Call);
}
