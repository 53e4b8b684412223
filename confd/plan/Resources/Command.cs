using System.Text.RegularExpressions;

namespace Sync.Confd.Plan.Resources;

/// <summary>A check or reload command as the resource writes it, with places for the file's paths.</summary>
/// <param name="Words">
/// The words to run, without a shell; for the shell form the one text that <c>/bin/sh -c</c> gets.
/// </param>
/// <param name="UsesShell">Whether the resource wrote one string, which goes to the shell.</param>
/// <remarks>
/// <c>{{.src}}</c> stands for the staged file, <c>{{.dest}}</c> for the destination, any other field for
/// <c>&lt;no value&gt;</c>. Nothing else comes from outside the resource file: no key ever becomes part of a command.
/// Source: confd, <c>docs/template-resources.md</c>.
/// </remarks>
public sealed partial record Command(IReadOnlyList<string> Words, bool UsesShell)
{
    /// <summary>The command as it is shown.</summary>
    public string Text => string.Join(' ', Words);

    /// <summary>Equal for two commands that do the same, different for any others.</summary>
    public string Identity => string.Join('\0', Words.Prepend(UsesShell ? "shell" : "words"));

    /// <summary>Whether a path is part of the command, so that it differs for each file.</summary>
    public bool NamesPaths => Words.Any(word => Place().IsMatch(word));

    /// <summary>Fills in the paths.</summary>
    /// <param name="source">The staged file.</param>
    /// <param name="destination">The destination.</param>
    /// <returns>The program and its arguments; at least one word.</returns>
    public IReadOnlyList<string> ArgumentsFor(string source, string destination)
    {
        var filled = Words.Select(word => Place().Replace(word, match => match.Groups["name"].Value switch
        {
            "src" => source,
            "dest" => destination,
            _ => "<no value>",
        }));

        return UsesShell ? ["/bin/sh", "-c", .. filled] : [.. filled];
    }

    /// <summary>What is wrong with the template text of the words.</summary>
    /// <returns>One sentence with the remedy, or null when all is well.</returns>
    public string? Fault()
    {
        foreach (var word in Words)
        {
            var rest = Place().Replace(word, "");
            var open = rest.IndexOf("{{", StringComparison.Ordinal);
            if (open >= 0)
            {
                return rest.IndexOf("}}", open, StringComparison.Ordinal) < 0
                    ? "unclosed action; write {{.src}} or {{.dest}}"
                    : $"unknown action \"{rest[open..]}\"; a command knows {{{{.src}}}} and {{{{.dest}}}} only";
            }
        }

        return null;
    }

    // A dash inside the braces takes the white space outside them away, as in Go.
    [GeneratedRegex(
        @"(\s*\{\{-\s+|\{\{\s*)\.(?<name>[A-Za-z_][A-Za-z0-9_]*)(\s+-\}\}\s*|\s*\}\})", RegexOptions.ExplicitCapture)]
    private static partial Regex Place();
}
