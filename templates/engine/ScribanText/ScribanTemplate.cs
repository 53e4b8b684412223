using Scriban;
using Scriban.Parsing;
using Scriban.Syntax;
using Sync.Templates.Diagnostics;
using Sync.Templates.Formatting;
using Sync.Templates.Functions;

namespace Sync.Templates.ScribanText;

/// <summary>A parsed Scriban template.</summary>
internal sealed class ScribanTemplate : Template
{
    private readonly Scriban.Template _template;
    private readonly TemplateOptions _options;
    private readonly IReadOnlyDictionary<string, Function> _functions;

    private ScribanTemplate(string name, Scriban.Template template, TemplateOptions options,
        IReadOnlyDictionary<string, Function> functions)
        : base(name)
    {
        _template = template;
        _options = options;
        _functions = functions;
    }

    /// <summary>Parses a template.</summary>
    public static ParseResult Parse(
        string name, ReadOnlyMemory<byte> text, TemplateOptions options, IReadOnlyDictionary<string, Function> functions)
    {
        var decoded = ByteText.Decode(text.Span);
        if (NumberLimit.Find(decoded, name) is { } place)
        {
            return new ParseResult([Describe(place, NumberLimit.Message)]);
        }

        var template = Scriban.Template.Parse(decoded, name);
        return template.HasErrors
            ? new ParseResult([.. template.Messages.Where(message => message.Type == ParserMessageType.Error).Select(Describe)])
            : new ParseResult(new ScribanTemplate(name, template, options, functions));
    }

    /// <inheritdoc/>
    public override RenderResult Render(RenderInput input, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(_options.Limits.Duration, input.Host.Clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        using var scope = new RenderScope(input, _options, _functions, linked.Token);
        var context = new BoundedContext(scope, input.Host, linked.Token);
        var output = "";
        Diagnostic? error = null;
        try
        {
            PushGlobals(context, scope, input.Data);
            output = _template.Render(context);
        }
        catch (ScriptAbortException abort)
        {
            error = Describe(abort.Span, "the render was stopped after its time limit");
        }
        catch (ScriptParserRuntimeException fault)
        {
            error = fault.ParserMessages.Select(Describe).FirstOrDefault() ?? Describe(fault.Span, fault.Message);
        }
        catch (ScriptRuntimeException fault)
        {
            error = Describe(fault.Span, WithoutPosition(fault.Message));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Data that is too large or nested too deeply for Scriban, or a fault of what it is made with.
            error = Describe(new SourceSpan(Name, default, default), failure.Message);
        }

        return new RenderResult(ByteText.Encode(output), error, scope);
    }

    private static void PushGlobals(BoundedContext context, RenderScope scope, TemplateDot data)
    {
        var globals = ScribanGlobals.Of(scope, data);
        context.PushGlobal(ScribanGlobals.LibraryOf(scope));
        context.PushGlobal(globals);
        context.TryGetVariable = (TemplateContext _, SourceSpan _, ScriptVariable variable, out object? value) =>
        {
            value = ScribanGlobals.OnDemand(scope, variable.Name);
            if (value is not null)
            {
                globals.SetValue(variable.Name, value, readOnly: true);
            }

            return value is not null;
        };
    }

    private static Diagnostic Describe(LogMessage message) => Describe(message.Span, message.Message);

    private static Diagnostic Describe(SourceSpan span, string message) =>
        new(span.FileName ?? "", span.Start.Line + 1, span.Start.Column + 1, message,
            $"{span.FileName}({span.Start.Line + 1},{span.Start.Column + 1}) : error : {message}");

    private static string WithoutPosition(string message)
    {
        const string Mark = " : error : ";
        var found = message.IndexOf(Mark, StringComparison.Ordinal);
        return found < 0 ? message : message[(found + Mark.Length)..];
    }
}
