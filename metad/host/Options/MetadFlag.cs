namespace Sync.Metad.Options;

/// <summary>One setting: its name on the command line, in the file and in the environment, and how it is read.</summary>
/// <param name="Name">The name after two dashes, and the key in the file.</param>
/// <param name="Default">What holds when it is not given, as help shows it.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Set">Reads the text into the options; throws <see cref="FormatException"/> with one sentence.</param>
internal sealed record MetadFlag(string Name, string Default, string Description, Action<MetadOptions, string> Set)
{
    /// <summary>States that the flag stands alone on the command line: <c>--xff</c>, <c>--xff=false</c>.</summary>
    public bool IsSwitch { get; init; }

    /// <summary>States that giving it several times adds up.</summary>
    public bool IsList { get; init; }

    /// <summary>Empties the list, before a later source sets it anew; null for what is no list.</summary>
    public Action<MetadOptions>? Clear { get; init; }

    /// <summary>States that the file may have it too.</summary>
    public bool IsInFile { get; init; } = true;

    /// <summary>The environment variable with the same meaning.</summary>
    public string Variable => "METAD_" + Name.ToUpperInvariant();
}
