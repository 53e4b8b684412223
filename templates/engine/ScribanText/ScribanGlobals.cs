using System.Collections.Concurrent;
using Scriban.Runtime;
using Sync.Templates.Formatting;
using Sync.Templates.Functions;
using Sync.Templates.Keys;

namespace Sync.Templates.ScribanText;

/// <summary>What a Scriban template finds: the functions, the keys as a tree, and the data.</summary>
internal static class ScribanGlobals
{
    // Operators and statements of Scriban take the place of these; "html" and "env" are objects in Scriban, and values
    // have no methods there.
    private static readonly HashSet<string> GoOnly = new(StringComparer.Ordinal)
    {
        "and", "or", "not", "call", "html", "include", "executeTemplate", "scratch", "in", "env", "kv", "now", "date", "wrap",
    };

    private static readonly ConcurrentDictionary<(IReadOnlyDictionary<string, Function> Functions, bool ReachesOutside), ScriptObject>
        Libraries = new();

    /// <summary>The functions of a set, which all renders share.</summary>
    /// <remarks>
    /// Each function has its name and, where that differs, the same in snake case; of two with the same alias the one of the
    /// set's own family has it. A template that assigns to such a name makes a global of its own.
    /// </remarks>
    public static ScriptObject LibraryOf(RenderScope scope) => Libraries.GetOrAdd(
        (scope.Functions, scope.Options.ScribanReachesOutside), static key => MakeLibrary(key.Functions, key.ReachesOutside));

    private static ScriptObject MakeLibrary(IReadOnlyDictionary<string, Function> functions, bool reachesOutside)
    {
        var adapters = functions.Values.Append(ListFunctions.ReverseAny)
            .Where(function => !GoOnly.Contains(function.Name) && (reachesOutside || !function.ReachesOutside))
            .Select(function => (function.Name, Adapter: new ScribanFunction(function))).ToList();
        var library = new ScriptObject();
        foreach (var (name, adapter) in adapters)
        {
            library.SetValue(SnakeCase.Of(name), adapter, readOnly: false);
        }

        // A name of its own comes before the alias of another function.
        foreach (var (name, adapter) in adapters)
        {
            library.SetValue(name, adapter, readOnly: false);
        }

        return library;
    }

    /// <summary>The globals of one render besides the functions.</summary>
    public static ScriptObject Of(RenderScope scope, TemplateDot data)
    {
        var globals = new BoundedObject();
        if (ScribanValues.ToScriban(data.Value) is ScriptObject members)
        {
            members.CopyTo(globals);
        }

        if (scope.Resource is { } resource)
        {
            globals.SetValue("resource", new BoundedObject
            {
                ["src"] = resource.Source,
                ["dest"] = resource.Destination,
                ["prefix"] = resource.Prefix,
            }, readOnly: true);
        }

        if (scope.Options.ScribanReachesOutside)
        {
            globals.SetValue("env", new EnvironmentObject(scope.Host), readOnly: true);
        }

        return globals;
    }

    /// <summary>The globals that are made when a template first names them: <c>kv</c> and <c>now</c>.</summary>
    public static object? OnDemand(RenderScope scope, string name)
    {
        switch (name)
        {
            case "kv":
                scope.Read(KeyReadKind.All, []);
                return KeyTree(scope);
            case "now":
                return scope.Host.Clock.GetLocalNow().DateTime;
            default:
                return null;
        }
    }

    // A key that is also a directory keeps its own value under the empty name.
    private static BoundedObject KeyTree(RenderScope scope)
    {
        var root = new BoundedObject();
        for (var index = 0; index < scope.Keys.Count; index++)
        {
            var parts = ByteText.Decode(scope.Keys.PathAt(index)).Split('/', StringSplitOptions.RemoveEmptyEntries);
            var folder = root;
            foreach (var part in parts.SkipLast(1))
            {
                if (!folder.TryGetValue(part, out var child) || child is not BoundedObject below)
                {
                    below = new BoundedObject();
                    if (child is not null)
                    {
                        below[""] = child;
                    }

                    folder[part] = below;
                }

                folder = below;
            }

            if (parts.Length > 0)
            {
                folder[parts[^1]] = ByteText.Decode(scope.ValueAt(index));
            }
        }

        return root;
    }
}
