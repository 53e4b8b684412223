using System.Globalization;
using Sync.Templates.Diagnostics;
using Sync.Templates.Formatting;
using Sync.Templates.Functions;
using Sync.Templates.GoText.Evaluation;
using Sync.Templates.Values;

namespace Sync.Templates.GoText;

/// <summary>A parsed Go template with the templates it may invoke.</summary>
internal sealed class GoTemplate : Template
{
    private readonly TemplateTree _main;
    private readonly Dictionary<string, TemplateTree> _set;
    private readonly TemplateOptions _options;
    private readonly IReadOnlyDictionary<string, Function> _functions;

    private GoTemplate(TemplateTree main, Dictionary<string, TemplateTree> set, TemplateOptions options,
        IReadOnlyDictionary<string, Function> functions)
        : base(main.Name)
    {
        _main = main;
        _set = set;
        _options = options;
        _functions = functions;
    }

    /// <summary>Parses a template.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="text">Its text.</param>
    /// <param name="options">How to parse and render it.</param>
    /// <param name="functions">The functions it may call.</param>
    public static ParseResult Parse(
        string name, ReadOnlyMemory<byte> text, TemplateOptions options, IReadOnlyDictionary<string, Function> functions)
    {
        var set = new Dictionary<string, TemplateTree>(StringComparer.Ordinal);
        foreach (var associated in options.Associated.Append(new AssociatedTemplate(name, text)))
        {
            try
            {
                Parser.Parse(associated.Name, associated.Text.ToArray(), options, functions, set);
            }
            catch (SyntaxException fault)
            {
                return new ParseResult([Describe(associated.Name, fault)]);
            }
        }

        return new ParseResult(new GoTemplate(set[name], set, options, functions));
    }

    /// <inheritdoc/>
    public override RenderResult Render(RenderInput input, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(_options.Limits.Duration, input.Host.Clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        using var output = new TextBuffer(_options.Limits.OutputBytesMax);
        using var scope = new RenderScope(input, _options, _functions, linked.Token);
        scope.Defined = (name, data) => RenderDefined(scope, _set, name, data);
        var error = ErrorOf(new Evaluator(_main, _set, scope, output), input.Data.Value);
        return new RenderResult(output.ToArray(), error, scope);
    }

    /// <summary>Parses another template and renders it as a part of a running render.</summary>
    /// <exception cref="FunctionException">It does not parse or fails.</exception>
    public static byte[] RenderInside(RenderScope scope, string name, ReadOnlyMemory<byte> text, in Value data)
    {
        var set = new Dictionary<string, TemplateTree>(StringComparer.Ordinal);
        try
        {
            Parser.Parse(name, text.ToArray(), scope.Options, scope.Functions, set);
        }
        catch (SyntaxException fault)
        {
            throw new FunctionException($"parse include {name}: {Describe(name, fault).Text}");
        }

        var enclosing = scope.Defined;
        scope.Defined = (defined, inner) => RenderDefined(scope, set, defined, inner);
        using var output = scope.NewText();
        if (ErrorOf(new Evaluator(set[name], set, scope, output), data) is { } error)
        {
            throw new FunctionException($"execute include {name}: {error.Text}");
        }

        scope.Defined = enclosing;
        return output.ToArray();
    }

    // A template of the set, rendered to a text.
    private static byte[] RenderDefined(RenderScope scope, Dictionary<string, TemplateTree> set, string name, in Value data)
    {
        if (!set.TryGetValue(name, out var tree))
        {
            throw new FunctionException($"template: no template {QuotedText.Quote(name)} associated with the running one");
        }

        if (++scope.TextDepth > scope.Limits.RecursionDepthMax)
        {
            throw new FunctionException(string.Create(CultureInfo.InvariantCulture,
                $"exceeded maximum template depth ({scope.Limits.RecursionDepthMax})"));
        }

        scope.CheckTime();
        using var output = scope.NewText();
        if (ErrorOf(new Evaluator(tree, set, scope, output), data) is { } error)
        {
            throw new FunctionException(error.Text);
        }

        scope.TextDepth--;
        return output.ToArray();
    }

    private static Diagnostic? ErrorOf(Evaluator evaluator, in Value data)
    {
        try
        {
            evaluator.Run(data);
            return null;
        }
        catch (ExecutionException failure)
        {
            return Describe(failure);
        }
    }

    private static Diagnostic Describe(string name, SyntaxException fault) => new(name, fault.Line, fault.Column, fault.Message,
        string.Create(CultureInfo.InvariantCulture, $"template: {name}:{fault.Line}: {fault.Message}"));

    private static Diagnostic Describe(ExecutionException failure)
    {
        var tree = failure.Tree;
        if (failure.Node is not { } node)
        {
            return new Diagnostic(tree.File, 0, 0, failure.Message, $"template: {tree.Name}: {failure.Message}");
        }

        var before = tree.Text.AsSpan(0, node.Position);
        var line = before.Count((byte)'\n') + 1;
        var column = before.Length - before.LastIndexOf((byte)'\n') - 1;
        var text = string.Create(CultureInfo.InvariantCulture,
            $"template: {tree.File}:{line}:{column}: executing {QuotedText.Quote(tree.Name)} at <{node}>: {failure.Message}");
        return new Diagnostic(tree.File, line, column + 1, failure.Message, text);
    }
}
