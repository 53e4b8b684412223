using System.Collections;
using System.Runtime.ExceptionServices;
using Scriban;
using Scriban.Functions;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;
using Sync.Templates.Functions;

namespace Sync.Templates.ScribanText;

/// <summary>A Scriban context in which every bound is an error and every name must exist.</summary>
internal sealed class BoundedContext : TemplateContext
{
    private static readonly DelegateCustomFunction FromJson = DelegateCustomFunction.CreateFunc(
        static (TemplateContext context, string json) => BoundedObject.OfJson(ObjectFunctions.FromJson(context, json)));

    private static readonly DelegateCustomFunction ToJson = DelegateCustomFunction.CreateFunc(
        static (TemplateContext context, object? value) =>
        {
            ScribanValues.CheckParts(value);
            return ObjectFunctions.ToJson(context, value);
        });

    private static readonly DelegateCustomFunction Eval = DelegateCustomFunction.CreateFunc(
        static (TemplateContext context, object? value) =>
            ObjectFunctions.Eval(context, context.CurrentSpan, CheckedNumbers(context, value, ScriptMode.ScriptOnly)));

    private static readonly DelegateCustomFunction EvalTemplate = DelegateCustomFunction.CreateFunc(
        static (TemplateContext context, object? value) =>
            ObjectFunctions.EvalTemplate(context, context.CurrentSpan, CheckedNumbers(context, value, ScriptMode.Default)));

    private readonly RenderLimits _limits;

    /// <summary>A context with bounds.</summary>
    public BoundedContext(RenderScope scope, TemplateHost host, CancellationToken cancellation)
    {
        var limits = scope.Limits;
        Scope = scope;
        _limits = limits;
        StrictVariables = true;
        EnableRelaxedMemberAccess = false;
        EnableRelaxedTargetAccess = false;
        EnableRelaxedFunctionAccess = false;
        LoopLimit = limits.LoopIterationsMax;
        LoopLimitQueryable = limits.LoopIterationsMax;
        RecursiveLimit = limits.RecursionDepthMax;
        LimitToString = limits.OutputBytesMax;
        OnStringLimit = ScriptLimitBehavior.Throw;
        OutputLimit = limits.OutputBytesMax;
        OnOutputLimit = ScriptLimitBehavior.Throw;
        AutoIndent = false;
        RegexTimeOut = TimeSpan.FromSeconds(1);
        CancellationToken = cancellation;
        TemplateLoader = new IncludeLoader(host);
        var objects = (ScriptObject)BuiltinObject["object"]!;
        objects.SetValue("from_json", FromJson, readOnly: true);
        objects.SetValue("to_json", ToJson, readOnly: true);
        objects.SetValue("eval", Eval, readOnly: true);
        objects.SetValue("eval_template", EvalTemplate, readOnly: true);
    }

    /// <summary>What the functions share.</summary>
    public RenderScope Scope { get; }

    /// <inheritdoc/>
    public override object? Evaluate(ScriptNode? scriptNode, bool aliasReturnedFunction)
    {
        // Recursion and nesting are bounded each, but not their product.
        if (!StackRoom.IsLeft)
        {
            throw new ScriptRuntimeException(CurrentSpan, "templates and expressions are nested too deeply for this thread");
        }

        if (scriptNode is ScriptStatement)
        {
            Scope.BeginAction();
        }

        var value = scriptNode is ScriptPipeCall or ScriptFunctionCall
            ? EvaluateCall(scriptNode, aliasReturnedFunction)
            : base.Evaluate(scriptNode, aliasReturnedFunction);
        if (scriptNode is ScriptObjectInitializerExpression)
        {
            return BoundedObject.Of((ScriptObject)value!);
        }

        if (value is string text ? text.Length > _limits.OutputBytesMax
            : value is ICollection list && list.Count > _limits.LoopIterationsMax)
        {
            throw new ScriptRuntimeException(CurrentSpan, "a value is larger than the limits of the render");
        }

        if (NumberLimit.Exceeds(value))
        {
            throw new ScriptRuntimeException(CurrentSpan, NumberLimit.Message);
        }

        return value;
    }

    /// <inheritdoc/>
    public override string? ObjectToString(object? value, bool nested = false)
    {
        CheckAbort();
        var text = base.ObjectToString(value, nested);
        return text is null || text.Length <= _limits.OutputBytesMax
            ? text
            : throw new ScriptRuntimeException(CurrentSpan, "a text is longer than the limits of the render");
    }

    private static object? CheckedNumbers(TemplateContext context, object? value, ScriptMode mode) =>
        value is string text ? NumberLimit.Checked(text, context.CurrentSourceFile ?? "", mode) : value;

    // Scriban's calls and pipes catch what was thrown below them and throw it again. Such an exception stands on the stack above
    // all that the first one left there, 15 KB each time, so that an error in deep recursion would overflow the stack. An
    // exception that was caught and has left its catch block takes none of it along.
    private object? EvaluateCall(ScriptNode call, bool aliasReturnedFunction)
    {
        ExceptionDispatchInfo failure;
        try
        {
            return base.Evaluate(call, aliasReturnedFunction);
        }
        catch (ScriptRuntimeException thrown)
        {
            failure = ExceptionDispatchInfo.Capture(thrown);
        }

        failure.Throw();
        return null;
    }
}
