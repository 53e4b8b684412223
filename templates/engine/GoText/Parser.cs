using System.Text;
using Sync.Templates.Formatting;
using Sync.Templates.Functions;
using Sync.Templates.GoText.Syntax;

namespace Sync.Templates.GoText;

/// <summary>Builds the trees of a Go template and of the templates defined in it.</summary>
/// <remarks>
/// The first fault ends the parse, as in Go. Variables are resolved here to places in the template's frame: the
/// frame of a running template grows and shrinks exactly as the list of names known to the parser does.
/// Source: Go package text/template, "Actions" and "Variables", as of 1.19.
/// </remarks>
internal sealed class Parser
{
    // Far beyond what anyone writes, and far from the end of the stack.
    private const int NestingMax = 1_000;

    private readonly string _name;
    private readonly byte[] _text;
    private readonly TokenWindow _tokens;
    private readonly IReadOnlyDictionary<string, Function> _functions;
    private readonly bool _hasNewerSyntax;
    private readonly Dictionary<string, TemplateTree> _trees;
    private VariableScope _variables = new();
    private int _rangeDepth;
    private int _nesting;

    private Parser(string name, byte[] text, Lexer lexer, IReadOnlyDictionary<string, Function> functions,
        Dictionary<string, TemplateTree> trees, bool hasNewerSyntax)
    {
        _name = name;
        _text = text;
        _hasNewerSyntax = hasNewerSyntax;
        _tokens = new TokenWindow(lexer, name, text);
        _functions = functions;
        _trees = trees;
    }

    /// <summary>Parses a text and adds its templates to a set.</summary>
    /// <param name="name">The template's name.</param>
    /// <param name="text">The template's text.</param>
    /// <param name="options">The delimiters.</param>
    /// <param name="functions">The functions that may be called.</param>
    /// <param name="set">The templates parsed before; an empty one does not replace one of them.</param>
    /// <exception cref="SyntaxException">The text is wrong.</exception>
    public static void Parse(string name, byte[] text, TemplateOptions options,
        IReadOnlyDictionary<string, Function> functions, Dictionary<string, TemplateTree> set)
    {
        var left = options.LeftDelimiter.Length == 0 ? "{{" : options.LeftDelimiter;
        var right = options.RightDelimiter.Length == 0 ? "}}" : options.RightDelimiter;
        var lexer = new Lexer(text, Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));
        var trees = new Dictionary<string, TemplateTree>(StringComparer.Ordinal);
        new Parser(name, text, lexer, functions, trees, options.NewerGoSyntax).ParseAll();
        foreach (var (treeName, tree) in trees)
        {
            if (!tree.Body.IsEmpty || !set.ContainsKey(treeName))
            {
                set[treeName] = tree;
            }
        }
    }

    private void ParseAll()
    {
        var root = new ListNode(_tokens.Peek().Start);
        while (_tokens.Peek().Kind != TokenKind.EndOfText)
        {
            if (_tokens.Peek().Kind == TokenKind.LeftDelimiter)
            {
                var delimiter = _tokens.Next();
                if (_tokens.NextNonSpace().Kind == TokenKind.Define)
                {
                    ParseDefinition();
                    continue;
                }

                _tokens.BackUp2(delimiter);
            }

            switch (TextOrAction())
            {
                case var end and (EndNode or ElseNode):
                    throw _tokens.Fail($"unexpected {end}");
                case var statement:
                    root.Statements.Add(statement);
                    break;
            }
        }

        Add(_name, root);
    }

    private void ParseDefinition()
    {
        const string Context = "define clause";
        var token = _tokens.NextNonSpace();
        if (token.Kind is not (TokenKind.String or TokenKind.RawString))
        {
            throw _tokens.Unexpected(token, Context);
        }

        var name = ByteText.Decode(Unquote(token));
        _tokens.Expect(TokenKind.RightDelimiter, Context);
        ParseNested(name, Context);
    }

    // Parses up to {{end}} with variables, loops and actions of its own, and adds the tree.
    // A wrong end is reported where the enclosing parse stands.
    private void ParseNested(string name, string context, Token? enclosing = null)
    {
        var (variables, rangeDepth, actionLine) = (_variables, _rangeDepth, _tokens.ActionLine);
        (_variables, _rangeDepth, _tokens.ActionLine) = (new VariableScope(), 0, 0);
        var (body, end) = ItemList();
        if (end is not EndNode)
        {
            throw _tokens.Fail($"unexpected {end} in {context}", enclosing);
        }

        Add(name, body);
        (_variables, _rangeDepth, _tokens.ActionLine) = (variables, rangeDepth, actionLine);
    }

    private void Add(string name, ListNode body)
    {
        var tree = new TemplateTree(name, _name, _text, body, _variables.CountMax);
        if (!_trees.TryGetValue(name, out var known) || known.Body.IsEmpty)
        {
            _trees[name] = tree;
        }
        else if (!body.IsEmpty)
        {
            throw _tokens.Fail($"template: multiple definition of template {QuotedText.Quote(name)}");
        }
    }

    private (ListNode List, Statement End) ItemList()
    {
        Nest();
        var list = new ListNode(_tokens.PeekNonSpace().Start);
        while (_tokens.PeekNonSpace().Kind != TokenKind.EndOfText)
        {
            var statement = TextOrAction();
            if (statement is EndNode or ElseNode)
            {
                _nesting--;
                return (list, statement);
            }

            list.Statements.Add(statement);
        }

        throw _tokens.Fail("unexpected EOF");
    }

    private Statement TextOrAction()
    {
        var token = _tokens.NextNonSpace();
        switch (token.Kind)
        {
            case TokenKind.Text:
                return new TextNode(token.Start, _text.AsMemory(token.Start, token.End - token.Start));
            case TokenKind.LeftDelimiter:
                _tokens.ActionLine = token.Line;
                var action = Action();
                _tokens.ActionLine = 0;
                return action;
            default:
                throw _tokens.Unexpected(token, "input");
        }
    }

    private Statement Action()
    {
        var token = _tokens.NextNonSpace();
        switch (token.Kind)
        {
            case TokenKind.Block:
                return Block();
            case TokenKind.Break:
                EndLoopAction("{{break}}");
                return new BreakNode(token.Start);
            case TokenKind.Continue:
                EndLoopAction("{{continue}}");
                return new ContinueNode(token.Start);
            case TokenKind.Else:
                var peeked = _tokens.PeekNonSpace();
                return new ElseNode(peeked.Kind == TokenKind.If || (_hasNewerSyntax && peeked.Kind == TokenKind.With)
                    ? peeked.Start
                    : _tokens.Expect(TokenKind.RightDelimiter, "else").Start);
            case TokenKind.End:
                return new EndNode(_tokens.Expect(TokenKind.RightDelimiter, "end").Start);
            case TokenKind.If:
                return Control(BranchKind.If);
            case TokenKind.Range:
                return Control(BranchKind.Range);
            case TokenKind.Template:
                return Invocation();
            case TokenKind.With:
                return Control(BranchKind.With);
        }

        _tokens.BackUp();
        var first = _tokens.Peek();
        // Variables declared here live until the enclosing end.
        return new ActionNode(first.Start, Pipeline("command", TokenKind.RightDelimiter));
    }

    private void EndLoopAction(string action)
    {
        var token = _tokens.NextNonSpace();
        if (token.Kind != TokenKind.RightDelimiter)
        {
            throw _tokens.Unexpected(token, action);
        }

        if (_rangeDepth == 0)
        {
            throw _tokens.Fail($"{action} outside {{{{range}}}}");
        }
    }

    private BranchNode Control(BranchKind kind)
    {
        var variableCount = _variables.Count;
        var pipe = Pipeline(kind switch { BranchKind.If => "if", BranchKind.With => "with", BranchKind.Range => "range" },
            TokenKind.RightDelimiter);
        var (element, index) = RangeSlots(pipe);
        var bodyStart = _variables.Count;
        _rangeDepth += kind == BranchKind.Range ? 1 : 0;
        var (body, next) = ItemList();
        _rangeDepth -= kind == BranchKind.Range ? 1 : 0;
        ListNode? otherwise = null;
        if (next is ElseNode)
        {
            _variables.Retire(bodyStart);
            otherwise = Otherwise(kind, next);
        }

        _variables.Forget(variableCount);
        return new BranchNode(pipe.Position, kind, pipe, body, otherwise) { ElementSlot = element, IndexSlot = index };
    }

    // One variable takes the element, two take index and element. Where they are assigned, Go 1.19 gives them to the variables
    // that were declared last, whatever their names.
    private (int Element, int Index) RangeSlots(PipeNode pipe)
    {
        var count = pipe.Declarations.Count;
        return pipe.IsAssignment && !_hasNewerSyntax
            ? (count > 0 ? _variables.Newest(0) : VariableScope.Unresolved, count > 1 ? _variables.Newest(1) : VariableScope.Unresolved)
            : (count > 0 ? pipe.Declarations[^1].Slot : VariableScope.Unresolved,
                count > 1 ? pipe.Declarations[0].Slot : VariableScope.Unresolved);
    }

    private ListNode Otherwise(BranchKind kind, Statement elseNode)
    {
        var next = _tokens.Peek().Kind;
        if ((kind == BranchKind.If && next == TokenKind.If)
            || (kind == BranchKind.With && next == TokenKind.With && _hasNewerSyntax))
        {
            // "else if" is an if inside the else; both share one end.
            _tokens.Next();
            var list = new ListNode(elseNode.Position);
            list.Statements.Add(Control(kind));
            return list;
        }

        var (otherwise, end) = ItemList();
        return end is EndNode ? otherwise : throw _tokens.Fail($"expected end; found {end}");
    }

    private TemplateNode Block()
    {
        const string Context = "block clause";
        var token = _tokens.NextNonSpace();
        var name = TemplateName(token, Context);
        var pipe = Pipeline(Context, TokenKind.RightDelimiter);
        ParseNested(ByteText.Decode(name), Context, _tokens.Latest);
        return new TemplateNode(token.Start, name, pipe);
    }

    private TemplateNode Invocation()
    {
        const string Context = "template clause";
        var token = _tokens.NextNonSpace();
        var name = TemplateName(token, Context);
        if (_tokens.NextNonSpace().Kind == TokenKind.RightDelimiter)
        {
            return new TemplateNode(token.Start, name, null);
        }

        _tokens.BackUp();
        return new TemplateNode(token.Start, name, Pipeline(Context, TokenKind.RightDelimiter));
    }

    private byte[] TemplateName(Token token, string context) =>
        token.Kind is TokenKind.String or TokenKind.RawString ? Unquote(token) : throw _tokens.Unexpected(token, context);

    private PipeNode Pipeline(string context, TokenKind end)
    {
        Nest();
        var pipe = new PipeNode(_tokens.PeekNonSpace().Start);
        Declarations(pipe, context);

        while (true)
        {
            var token = _tokens.NextNonSpace();
            if (token.Kind == end)
            {
                CheckPipeline(pipe, context);
                pipe.Declarations.ForEach(variable => _variables.Enliven(variable.Slot));
                _nesting--;
                return pipe;
            }

            if (token.Kind is not (TokenKind.Bool or TokenKind.CharConstant or TokenKind.Complex or TokenKind.Dot
                or TokenKind.Field or TokenKind.Identifier or TokenKind.Number or TokenKind.Nil
                or TokenKind.RawString or TokenKind.String or TokenKind.Variable or TokenKind.LeftParenthesis))
            {
                throw _tokens.Unexpected(token, context);
            }

            _tokens.BackUp();
            pipe.Commands.Add(Command());
        }
    }

    // Whether variables are declared or assigned shows behind the last of them.
    private void Declarations(PipeNode pipe, string context)
    {
        var tokens = new List<Token>();
        while (Declaration(pipe, tokens, context))
        {
        }

        foreach (var token in tokens)
        {
            var name = Source(token);
            var slot = pipe.IsAssignment ? _variables.Assign(name) : _variables.Declare(name);
            pipe.Declarations.Add(new VariableNode(token.Start, name, slot, []));
        }
    }

    /// <returns>True when another declaration may follow.</returns>
    private bool Declaration(PipeNode pipe, List<Token> declared, string context)
    {
        var variable = _tokens.PeekNonSpace();
        if (variable.Kind != TokenKind.Variable)
        {
            return false;
        }

        _tokens.Next();
        // Telling "$x foo" from "$x := foo" takes three tokens, of which the space may have to go back too.
        var adjacent = _tokens.Peek();
        var next = _tokens.PeekNonSpace();
        if (next.Kind is TokenKind.Assign or TokenKind.Declare)
        {
            pipe.IsAssignment = next.Kind == TokenKind.Assign;
            _tokens.NextNonSpace();
            declared.Add(variable);
            return false;
        }

        if (next.Kind == TokenKind.Char && _text[next.Start] == ',')
        {
            _tokens.NextNonSpace();
            declared.Add(variable);
            if (context != "range" || declared.Count >= 2)
            {
                throw _tokens.Fail($"too many declarations in {context}");
            }

            return _tokens.PeekNonSpace().Kind is TokenKind.Variable or TokenKind.RightDelimiter
                    or TokenKind.RightParenthesis
                ? true
                : throw _tokens.Fail("range can only initialize variables");
        }

        if (adjacent.Kind == TokenKind.Space)
        {
            _tokens.BackUp3(variable, adjacent);
        }
        else
        {
            _tokens.BackUp2(variable);
        }

        return false;
    }

    private void Nest()
    {
        if (++_nesting > NestingMax || !StackRoom.IsLeft)
        {
            throw _tokens.Fail($"control structures or parentheses are nested more than {NestingMax} deep");
        }
    }

    private void CheckPipeline(PipeNode pipe, string context)
    {
        if (pipe.Commands.Count == 0)
        {
            throw _tokens.Fail($"missing value for {context}");
        }

        for (var stage = 1; stage < pipe.Commands.Count; stage++)
        {
            if (pipe.Commands[stage].Words[0] is BoolNode or DotNode or NilNode or NumberNode or StringNode)
            {
                throw _tokens.Fail($"non executable command in pipeline stage {stage + 1}");
            }
        }
    }

    private CommandNode Command()
    {
        var command = new CommandNode(_tokens.PeekNonSpace().Start);
        while (true)
        {
            _tokens.PeekNonSpace();
            if (Operand() is { } operand)
            {
                command.Words.Add(operand);
            }

            var token = _tokens.Next();
            if (token.Kind == TokenKind.Space)
            {
                continue;
            }

            if (token.Kind is TokenKind.RightDelimiter or TokenKind.RightParenthesis)
            {
                _tokens.BackUp();
            }
            else if (token.Kind != TokenKind.Pipe)
            {
                throw _tokens.Unexpected(token, "operand");
            }

            return command.Words.Count > 0 ? command : throw _tokens.Fail("empty command");
        }
    }

    private Expression? Operand()
    {
        var term = Term();
        if (term is null || _tokens.Peek().Kind != TokenKind.Field)
        {
            return term;
        }

        var position = _tokens.Peek().Start;
        var names = new List<FieldName>();
        while (_tokens.Peek().Kind == TokenKind.Field)
        {
            names.Add(new FieldName(Source(_tokens.Next())[1..]));
        }

        return term switch
        {
            FieldNode fields => new FieldNode(position, [.. fields.Names, .. names]),
            VariableNode variable => new VariableNode(position, variable.Name, variable.Slot, names),
            BoolNode or StringNode or NumberNode or NilNode or DotNode =>
                throw _tokens.Fail($"unexpected . after term {QuotedText.Quote(term.ToString())}"),
            _ => new ChainNode(position, term, names),
        };
    }

    private Expression? Term()
    {
        var token = _tokens.NextNonSpace();
        switch (token.Kind)
        {
            case TokenKind.Identifier:
                var name = Source(token);
                return _functions.TryGetValue(name, out var function)
                    ? new FunctionNode(token.Start, function)
                    : throw _tokens.Fail($"function {QuotedText.Quote(name)} not defined");
            case TokenKind.Dot:
                return new DotNode(token.Start);
            case TokenKind.Nil:
                return new NilNode(token.Start);
            case TokenKind.Variable:
                return Variable(token);
            case TokenKind.Field:
                return new FieldNode(token.Start, [new FieldName(Source(token)[1..])]);
            case TokenKind.Bool:
                return new BoolNode(token.Start, Source(token) == "true");
            case TokenKind.CharConstant or TokenKind.Complex or TokenKind.Number:
                return new NumberNode(token.Start, Number(token));
            case TokenKind.LeftParenthesis:
                return Pipeline("parenthesized pipeline", TokenKind.RightParenthesis);
            case TokenKind.String or TokenKind.RawString:
                return new StringNode(token.Start, Source(token), Unquote(token));
            default:
                _tokens.BackUp();
                return null;
        }
    }

    private VariableNode Variable(Token token)
    {
        var name = Source(token);
        return _variables.TryResolve(name, out var slot)
            ? new VariableNode(token.Start, name, slot, [])
            : throw _tokens.Fail($"undefined variable {QuotedText.Quote(name)}");
    }

    private NumberLiteral Number(Token token)
    {
        var text = Source(token);
        if (token.Kind != TokenKind.CharConstant)
        {
            return NumberLiteral.Read(text, token.Kind == TokenKind.Complex, out var error) ?? throw _tokens.Fail(error);
        }

        ReadOnlySpan<byte> content = _text.AsSpan(token.Start + 1, token.End - token.Start - 1);
        if (!StringLiteral.TryReadCharacter(ref content, '\'', out var rune, out _))
        {
            throw _tokens.Fail("invalid syntax");
        }

        return content.SequenceEqual("'"u8)
            ? NumberLiteral.OfCharacter(text, rune)
            : throw _tokens.Fail($"malformed character constant: {text}");
    }

    private byte[] Unquote(Token token) =>
        StringLiteral.Unquote(_text.AsSpan(token.Start, token.End - token.Start)) ?? throw _tokens.Fail("invalid syntax");

    private string Source(Token token) => ByteText.Decode(_text.AsSpan(token.Start, token.End - token.Start));
}
