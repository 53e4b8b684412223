using System.Globalization;

namespace Sync.Metad.Options;

/// <summary>Reads the text of settings. A text that cannot be used is refused by a <see cref="FormatException"/> of one sentence.</summary>
internal static class FlagText
{
    /// <summary>A setting that stands alone on the command line.</summary>
    /// <param name="name">The name after two dashes.</param>
    /// <param name="description">One sentence.</param>
    /// <param name="set">Takes the truth into the options.</param>
    public static MetadFlag Switch(string name, string description, Action<MetadOptions, bool> set) =>
        new(name, "false", description, (options, text) => set(options, Truth(text))) { IsSwitch = true };

    /// <summary>A truth in the spellings of Go's strconv.ParseBool, which the original's users may have in scripts.</summary>
    /// <param name="text">A setting's text.</param>
    public static bool Truth(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw new FormatException($"\"{text}\" is neither true nor false."),
    };

    /// <summary>A whole number from 1.</summary>
    /// <param name="text">A setting's text.</param>
    public static int Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : throw new FormatException($"\"{text}\" is no whole number from 1.");

    /// <summary>A whole number from 0.</summary>
    /// <param name="text">A setting's text.</param>
    public static int CountOrNone(string text) => text == "0" ? 0 : Count(text);

    /// <summary>A time in whole milliseconds.</summary>
    /// <param name="text">A setting's text.</param>
    /// <param name="most">The longest time.</param>
    public static TimeSpan Milliseconds(string text, TimeSpan most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count <= most.TotalMilliseconds
            ? TimeSpan.FromMilliseconds(count)
            : throw new FormatException($"\"{text}\" is no number of milliseconds from 0 to {most.TotalMilliseconds}.");

    /// <summary>A time in whole seconds.</summary>
    /// <param name="text">A setting's text.</param>
    public static TimeSpan Seconds(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? TimeSpan.FromSeconds(count)
            : throw new FormatException($"\"{text}\" is no number of seconds from 0.");

    /// <summary>The entries of a list.</summary>
    /// <param name="text">Entries separated by commas; blank ones fall away.</param>
    public static string[] Entries(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A text that may be left out.</summary>
    /// <param name="text">A setting's text.</param>
    public static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
