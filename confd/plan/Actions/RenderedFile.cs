namespace Sync.Confd.Plan.Actions;

/// <summary>What a template made of the keys.</summary>
public abstract record RenderedFile
{
    private RenderedFile()
    {
    }

    /// <summary>The whole new content.</summary>
    /// <param name="Content">The bytes of the file; owned by this value and never changed.</param>
    public sealed record Done(ReadOnlyMemory<byte> Content) : RenderedFile
    {
        /// <summary>Whether the content holds values that nothing may show but the file itself.</summary>
        public bool HoldsSecrets { get; init; }
    }

    /// <summary>No content: the template is missing or wrong, or the keys are not complete.</summary>
    /// <param name="Reason">One sentence that names the file and, where there is one, the line.</param>
    public sealed record Refused(string Reason) : RenderedFile;
}
