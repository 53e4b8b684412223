using Sync.Templates.Values;

namespace Sync.Templates.Functions;

/// <summary>A function that templates may call.</summary>
/// <param name="Name">The name in templates.</param>
/// <param name="Type">Parameters and result, which arguments are checked against.</param>
/// <param name="Body">What it does.</param>
internal sealed record Function(string Name, GoType Type, FunctionBody Body)
{
    /// <summary>Whether arguments are evaluated one by one until one decides.</summary>
    public ShortCircuit ShortCircuit { get; init; }

    /// <summary>How many results the function has besides an error; a template can call only those with one.</summary>
    public int ResultCount { get; init; } = 1;

    /// <summary>Whether the function reaches outside: environment, files, network.</summary>
    public bool ReachesOutside { get; init; }

    /// <summary>A function with a fixed number of parameters.</summary>
    public static Function Of(string name, GoType[] parameters, GoType result, FunctionBody body) =>
        new(name, GoType.FunctionOf(parameters, result, isVariadic: false), body);

    /// <summary>A function whose last parameter stands any number of times.</summary>
    public static Function Variadic(string name, GoType[] parameters, GoType result, FunctionBody body) =>
        new(name, GoType.FunctionOf(parameters, result, isVariadic: true), body);
}

/// <summary>Computes a function's result.</summary>
/// <param name="scope">The render that calls.</param>
/// <param name="arguments">
/// The arguments, already checked against the parameters. Those of interface parameters are what the
/// interface holds; those of <see cref="GoType.Unchecked"/> keep the place they came from.
/// </param>
/// <exception cref="FunctionException">The function fails.</exception>
internal delegate Value FunctionBody(RenderScope scope, ReadOnlySpan<Value> arguments);

/// <summary>When the arguments of a function stop being evaluated.</summary>
internal enum ShortCircuit
{
    /// <summary>Never.</summary>
    None,

    /// <summary>At the first one that is false.</summary>
    And,

    /// <summary>At the first one that is true.</summary>
    Or,
}
