namespace Sync.Templates;

/// <summary>How a template is parsed and rendered.</summary>
public sealed record TemplateOptions
{
    /// <summary>The functions the template may call. Default <see cref="FunctionSet.Confd"/>.</summary>
    public FunctionSet Functions { get; init; } = FunctionSet.Confd;

    /// <summary>What absent map entries evaluate to. Default <see cref="MissingKey.Default"/>.</summary>
    public MissingKey MissingKey { get; init; } = MissingKey.Default;

    /// <summary>The bounds of each render.</summary>
    public RenderLimits Limits { get; init; } = new();

    /// <summary>
    /// Whether Go templates may use what Go got after 1.19: ranges over integers (1.22) and <c>else with</c> (1.23).
    /// Default false, so that what is an error today does not become something else.
    /// </summary>
    public bool NewerGoSyntax { get; init; }

    /// <summary>What opens an action of a Go template; empty stands for <c>{{</c>.</summary>
    public string LeftDelimiter { get; init; } = "";

    /// <summary>What closes an action of a Go template; empty stands for <c>}}</c>.</summary>
    public string RightDelimiter { get; init; } = "";

    /// <summary>
    /// Further Go templates, parsed in order into the same set before the main one, for
    /// <c>{{template "name"}}</c>.
    /// </summary>
    public IReadOnlyList<AssociatedTemplate> Associated { get; init; } = [];

    /// <summary>Whether there are <c>cget cgets cgetv cgetvs</c>, for which the host has to decrypt. Default false.</summary>
    public bool DecryptsValues { get; init; }

    /// <summary>
    /// Whether a Scriban template may call the functions that reach outside (environment, files, network).
    /// Go templates always may. Default false.
    /// </summary>
    public bool ScribanReachesOutside { get; init; }
}

/// <summary>A template that the main one may invoke by its name.</summary>
/// <param name="Name">The name, also used in error texts.</param>
/// <param name="Text">The source, normally UTF-8; other bytes are kept.</param>
public sealed record AssociatedTemplate(string Name, ReadOnlyMemory<byte> Text);
