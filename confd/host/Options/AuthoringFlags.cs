using static Sync.Confd.Options.FlagKind;

namespace Sync.Confd.Options;

/// <summary>The flags that belong to the commands for authors of templates, and to nothing else.</summary>
internal static class AuthoringFlags
{
    public static readonly Flag Data = new("data", List, "",
        "JSON, YAML or key dump to take keys from; without it a backend that is named, or no keys");

    public static readonly Flag Set = new("set", List, "", "KEY=VALUE, in place of what the data says; may be given several times");
    public static readonly Flag Engine = new("engine", Text, "", "gotmpl or scriban; left out, the file's name says it");
    public static readonly Flag TemplateRoot = new("template-root", Text, "", "folder that includes come from; default: that of the template");
    public static readonly Flag Target = new("to", Text, "", "file to write the Scriban template to; default: standard output");
    public static readonly Flag Update = new("update", Truth, "false", "write the golden files anew");

    /// <summary>The commands, what each is for, and its flags.</summary>
    public static readonly IReadOnlyList<AuthoringVerb> Verbs =
    [
        new("render", "FILE", "Renders one template to standard output.", [Data, Set, Engine, TemplateRoot]),
        new("convert", "FILE", "Rewrites a Go template in Scriban, and proves it by rendering both with each data.",
            [Data, Set, TemplateRoot, Target]),
        new("test", "DIR", "Renders the resources of a confdir with the data in its tests, and compares with the golden files there.",
            [Update]),
        new("seal", "FILE", "Prints a file's content sealed with -secret-key-file, as a value that templates read in clear.", []),
    ];

    /// <summary>All flags, each once.</summary>
    public static readonly IReadOnlyList<Flag> All = [.. Verbs.SelectMany(verb => verb.Flags).Distinct()];

    /// <summary>The flags of the program that the commands read too.</summary>
    public static readonly IReadOnlyList<Flag> Shared =
    [
        Flags.Functions, Flags.MissingKey, Flags.GoSyntax, Flags.ScribanOutside, Flags.SecretKeyring, Flags.SecretKeyFile, Flags.TemplateLoops, Flags.TemplateDepth,
        Flags.TemplateOutput, Flags.TemplateTimeout, Flags.Backend, Flags.Node, Flags.Files, Flags.Prefix, Flags.BackendTimeout,
    ];
}

/// <summary>A command for authors of templates.</summary>
/// <param name="Name">The word on the command line.</param>
/// <param name="Operand">What stands behind it.</param>
/// <param name="Meaning">One sentence for the help.</param>
/// <param name="Flags">The flags of its own.</param>
internal sealed record AuthoringVerb(string Name, string Operand, string Meaning, IReadOnlyList<Flag> Flags);
