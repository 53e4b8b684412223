using Sync.Confd.Plan.Resources;
using Sync.Confd.Plan.Toml;

namespace Sync.Confd.Options;

/// <summary>A setting of confd, with its names on the command line, in confd.toml and in the environment.</summary>
/// <param name="Name">The flag's name without dashes.</param>
/// <param name="Kind">What its value is.</param>
/// <param name="Default">The default as text; empty for none.</param>
/// <param name="Meaning">One phrase for the help.</param>
internal sealed record Flag(string Name, FlagKind Kind, string Default, string Meaning)
{
    /// <summary>Its key in confd.toml, in the compared spelling.</summary>
    public string FileKey { get; init; } = TomlEntry.NameOf(Name);

    /// <summary>Its environment variable.</summary>
    public string Variable { get; init; } = "CONFD_" + Name.ToUpperInvariant().Replace('-', '_');

    /// <summary>Whether a variable with <c>_FILE</c> behind its name may point to a file that holds the value.</summary>
    public bool IsSecret { get; init; }

    /// <summary>The backends that read it; null means that all do, or that it is not about backends.</summary>
    public IReadOnlyList<string>? Backends { get; init; }

    /// <summary>What is wrong with a value.</summary>
    /// <returns>Null when the value can be used.</returns>
    public string? Fault(string value) => Kind switch
    {
        FlagKind.Truth => GoBoolean.Parse(value) is null ? "parse error" : null,
        FlagKind.Number => GoInteger.Parse(value) is null ? "parse error" : null,
        FlagKind.Duration => GoDuration.Parse(value) is null ? "parse error" : null,
        FlagKind.Seconds => GoInteger.Parse(value) is null && GoDuration.Parse(value) is null ? "parse error" : null,
        FlagKind.Text or FlagKind.List => null,
    };
}

/// <summary>Booleans as Go's flag package takes them.</summary>
internal static class GoBoolean
{
    /// <summary>Reads a boolean.</summary>
    /// <returns>Null when the text is none.</returns>
    /// <remarks>Source: Go's documentation of <c>strconv.ParseBool</c>.</remarks>
    public static bool? Parse(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };
}
