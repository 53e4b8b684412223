using Scriban;
using Scriban.Runtime;
using Scriban.Syntax;
using Sync.Templates.Diagnostics;
using Sync.Templates.Functions;
using Sync.Templates.Values;

namespace Sync.Templates.ScribanText;

/// <summary>A function of the library as Scriban calls it. Knows nothing of a render, so that all renders share it.</summary>
internal sealed class ScribanFunction(Function function) : IScriptCustomFunction
{
    /// <inheritdoc/>
    public int RequiredParameterCount => function.Type.Parameters.Count - (function.Type.IsVariadic ? 1 : 0);

    /// <inheritdoc/>
    public int ParameterCount => function.Type.Parameters.Count;

    /// <inheritdoc/>
    public ScriptVarParamKind VarParamKind =>
        function.Type.IsVariadic ? ScriptVarParamKind.LastParameter : ScriptVarParamKind.None;

    /// <inheritdoc/>
    public Type ReturnType => typeof(object);

    /// <inheritdoc/>
    public ScriptParameterInfo GetParameterInfo(int index) => new(typeof(object), $"argument{index + 1}");

    /// <inheritdoc/>
    public object? Invoke(
        TemplateContext context, ScriptNode? callerContext, ScriptArray arguments, ScriptBlockStatement? blockStatement)
    {
        try
        {
            return ScribanValues.ToScriban(function.Body(((BoundedContext)context).Scope, Prepare(arguments)));
        }
        catch (LimitException limit)
        {
            throw new ScriptRuntimeException(callerContext?.Span ?? default, limit.Message, limit);
        }
        catch (Exception failure) when (failure is not ScriptRuntimeException)
        {
            // Whatever a function or the host behind it throws fails this render, and never the program around it.
            throw new ScriptRuntimeException(callerContext?.Span ?? default, $"error calling {function.Name}: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public ValueTask<object?> InvokeAsync(
        TemplateContext context, ScriptNode? callerContext, ScriptArray arguments, ScriptBlockStatement? blockStatement) =>
        new(Invoke(context, callerContext, arguments, blockStatement));

    private Value[] Prepare(ScriptArray arguments)
    {
        var parameters = function.Type.Parameters;
        var given = Spread(arguments);
        if (given.Count < RequiredParameterCount || (!function.Type.IsVariadic && given.Count > parameters.Count))
        {
            throw new FunctionException($"wrong number of arguments: want {RequiredParameterCount} got {given.Count}");
        }

        return [.. given.Select((argument, index) =>
            ScribanValues.FromScriban(argument, parameters[Math.Min(index, parameters.Count - 1)]))];
    }

    // Scriban hands over the arguments of a variadic parameter as one array at the end.
    private List<object?> Spread(ScriptArray arguments)
    {
        var given = arguments.ToList<object?>();
        if (function.Type.IsVariadic && given.Count == ParameterCount && given[^1] is ScriptArray rest)
        {
            given.RemoveAt(given.Count - 1);
            given.AddRange(rest);
        }

        return given;
    }
}
