namespace Sync.Templates;

/// <summary>
/// The bounds of one render, in both languages. Reaching a bound ends the render with an error that names
/// it; output is never cut.
/// </summary>
public sealed record RenderLimits
{
    /// <summary>All loop iterations of the render together. Default 1,000,000.</summary>
    public int LoopIterationsMax { get; init; } = 1_000_000;

    /// <summary>Templates, includes or function calls inside each other. Default 100.</summary>
    public int RecursionDepthMax { get; init; } = 100;

    /// <summary>Bytes of the output, and of any text made on the way. Default 64 MiB.</summary>
    public int OutputBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Time from the start of the render. Default 30 s.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(30);
}
