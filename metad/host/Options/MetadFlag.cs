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

    /// <summary>States that it counts anew when the program is told to read its settings again; others need a restart.</summary>
    public bool IsLive { get; init; }

    /// <summary>States that the file may have it too.</summary>
    public bool IsInFile { get; init; } = true;

    /// <summary>The environment variable with the same meaning.</summary>
    public string Variable => "METAD_" + Name.ToUpperInvariant();

    /// <summary>Reads a text into options, which remember it.</summary>
    /// <param name="options">The options.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It cannot be used.</exception>
    public void Apply(MetadOptions options, string text)
    {
        Set(options, text);
        options.Texts[Name] = IsList ? [.. TextsIn(options), text] : [text];
    }

    /// <summary>Empties a list, so that a later source sets it anew.</summary>
    /// <param name="options">The options.</param>
    public void Reset(MetadOptions options)
    {
        if (Clear is not null)
        {
            Clear(options);
            options.Texts.Remove(Name);
        }
    }

    /// <summary>What options were given for this setting.</summary>
    /// <param name="options">The options.</param>
    /// <returns>The texts in order; empty when it was not given.</returns>
    public IReadOnlyList<string> TextsIn(MetadOptions options) => options.Texts.GetValueOrDefault(Name, []);

    /// <summary>States that two options were given the same for this setting, or one the default and the other nothing.</summary>
    /// <param name="options">The options.</param>
    /// <param name="others">The others.</param>
    public bool IsSameIn(MetadOptions options, MetadOptions others) =>
        TextsIn(options).DefaultIfEmpty(Default).SequenceEqual(TextsIn(others).DefaultIfEmpty(Default));
}
