using Sync.Templates.Values;

namespace Sync.Templates.Functions.Consul;

/// <summary>consul-template's <c>executeTemplate</c>: a template defined in the same file, rendered to a text.</summary>
/// <remarks>Source: consul-template, <c>docs/templating-language.md</c>.</remarks>
internal static class ExecuteTemplateFunction
{
    /// <summary>The function.</summary>
    public static Function Instance { get; } =
        Function.Variadic("executeTemplate", [GoType.String, GoType.Any], GoType.String, Execute);

    private static Value Execute(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length > 2)
        {
            throw new FunctionException($"executeTemplate: wrong number of arguments, expected 1 or 2, but got {arguments.Length}");
        }

        return scope.Defined is { } defined
            ? Value.Of(defined(arguments[0].Text, arguments.Length > 1 ? arguments[1] : default))
            : throw new FunctionException("executeTemplate: Scriban has include for this");
    }
}
