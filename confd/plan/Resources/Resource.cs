using Sync.Confd.Plan.Scheduling;
using Sync.Templates;

namespace Sync.Confd.Plan.Resources;

/// <summary>One template resource: which keys make which file, and what to run when it changes.</summary>
/// <remarks>Checked when it was loaded; nothing that reads it checks again. Source: confd, <c>docs/template-resources.md</c>.</remarks>
public sealed record Resource
{
    /// <summary>The resource file that declares it, as messages show it.</summary>
    public required string File { get; init; }

    /// <summary>The template's path relative to the templates folder; empty when the resource holds its <see cref="Contents"/>.</summary>
    public required string Source { get; init; }

    /// <summary>The template itself; null when it is a file.</summary>
    public string? Contents { get; init; }

    /// <summary>What messages call the template.</summary>
    public string TemplateName => Contents is null ? Source : $"contents of {File}";

    /// <summary>The destination's path; relative ones start at the working directory.</summary>
    public required string Destination { get; init; }

    /// <summary>The keys or key folders to fetch, as written, before the prefix.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>The resource's own key prefix; empty when it names none.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Permission bits, at most 0777; null keeps those of the destination, 0644 for a new one.</summary>
    public int? Mode { get; init; }

    /// <summary>The owner's number; null means <see cref="Owner"/>, or else confd's own.</summary>
    public int? UserId { get; init; }

    /// <summary>The group's number; null means <see cref="Group"/>, or else confd's own.</summary>
    public int? GroupId { get; init; }

    /// <summary>The owner's name; empty when none is named.</summary>
    public string Owner { get; init; } = "";

    /// <summary>The group's name; empty when none is named.</summary>
    public string Group { get; init; } = "";

    /// <summary>The command that must succeed on the staged file before it replaces the destination.</summary>
    public Command? CheckCommand { get; init; }

    /// <summary>The command that runs after the destination was replaced.</summary>
    public Command? ReloadCommand { get; init; }

    /// <summary>The limit of the check; null means the program's default, zero means none.</summary>
    public TimeSpan? CheckTimeout { get; init; }

    /// <summary>The limit of the reload; null means the program's default, zero means none.</summary>
    public TimeSpan? ReloadTimeout { get; init; }

    /// <summary>The least time between two reloads; a reload that would come sooner waits.</summary>
    public TimeSpan ReloadInterval { get; init; }

    /// <summary>How long to wait for changes to end; null means the program's default.</summary>
    public Quiescence? Wait { get; init; }

    /// <summary>The template's language.</summary>
    public TemplateLanguage Language { get; init; }

    /// <summary>Whose functions the template calls; null means the program's choice.</summary>
    public FunctionSet? Functions { get; init; }

    /// <summary>What an absent map entry is to the template; null means the program's choice.</summary>
    public MissingKey? MissingKey { get; init; }

    /// <summary>What opens and closes an action of a Go template; null means <c>{{</c> and <c>}}</c>.</summary>
    public Delimiters? Delimiters { get; init; }

    /// <summary>Keys, as the template sees them, that must exist and not be empty.</summary>
    public IReadOnlyList<string> RequiredKeys { get; init; } = [];

    /// <summary>How many keys must exist for the template to be rendered at all.</summary>
    public int KeysMin { get; init; }

    /// <summary>Whether folders missing above the destination are created, mode 0755.</summary>
    public bool CreatesFolders { get; init; } = true;

    /// <summary>How the destination takes its new content.</summary>
    public WriteMode WriteMode { get; init; }

    /// <summary>Whether a symbolic link at the destination is written through instead of replaced.</summary>
    public bool FollowsLink { get; init; }

    /// <summary>Whether the content must not appear in differences that are shown.</summary>
    public bool IsSensitive { get; init; }
}

/// <summary>What stands around the actions of a Go template.</summary>
/// <param name="Left">What opens an action.</param>
/// <param name="Right">What closes it.</param>
public sealed record Delimiters(string Left, string Right);
