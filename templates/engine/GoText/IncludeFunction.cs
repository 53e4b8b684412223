using Sync.Templates.Functions;
using Sync.Templates.Values;

namespace Sync.Templates.GoText;

/// <summary>The function <c>include</c>: another template of the root, rendered to a text.</summary>
/// <remarks>Source: documentation of abtreece/confd, "Template functions".</remarks>
internal static class IncludeFunction
{
    private const int DepthMax = 10;

    /// <summary>The function.</summary>
    public static Function Instance { get; } =
        Function.Variadic("include", [GoType.String, GoType.Any], GoType.String, Include);

    private static Value Include(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var name = arguments[0].Text;
        if (!TemplatePath.IsConfined(name))
        {
            throw new FunctionException($"include path \"{name}\" is outside template directory");
        }

        if (scope.Includes.Contains(name))
        {
            throw new FunctionException($"include cycle detected: {name} is already being processed");
        }

        if (scope.Includes.Count >= DepthMax)
        {
            throw new FunctionException($"maximum include depth ({DepthMax}) exceeded");
        }

        var text = scope.Host.ReadTemplate(name)
            ?? throw new FunctionException($"include {name}: open {name}: no such file or directory");
        scope.Includes.Push(name);
        var rendered = GoTemplate.RenderInside(scope, name, text, arguments.Length > 1 ? arguments[1] : default);
        scope.Includes.Pop();
        return Value.Of(rendered);
    }
}
