using System.Collections;
using System.Runtime.CompilerServices;
using Scriban;
using Scriban.Syntax;
using Sync.Templates.Functions;

namespace Sync.Templates.ScribanText;

/// <summary>A Scriban context in which every bound is an error and every name must exist.</summary>
internal sealed class BoundedContext : TemplateContext
{
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
    }

    /// <summary>What the functions share.</summary>
    public RenderScope Scope { get; }

    /// <inheritdoc/>
    public override object? Evaluate(ScriptNode? scriptNode, bool aliasReturnedFunction)
    {
        // Recursion and nesting are bounded each, but not their product.
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new ScriptRuntimeException(CurrentSpan, "templates and expressions are nested too deeply for this thread");
        }

        if (scriptNode is ScriptStatement)
        {
            Scope.BeginAction();
        }

        var value = base.Evaluate(scriptNode, aliasReturnedFunction);
        if (value is string text ? text.Length > _limits.OutputBytesMax
            : value is ICollection list && list.Count > _limits.LoopIterationsMax)
        {
            throw new ScriptRuntimeException(CurrentSpan, "a value is larger than the limits of the render");
        }

        return value;
    }
}
