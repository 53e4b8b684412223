using Sync.Confd.Hosting;
using Sync.Confd.Options;
using Sync.Confd.Plan.Resources;
using Sync.Confd.Rendering;
using Sync.Templates;

namespace Sync.Confd.Authoring;

/// <summary>A template that was read and parsed, and how it renders.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Source">Its text.</param>
/// <param name="Template">The template.</param>
/// <param name="Host">What it sees of the machine.</param>
internal sealed record LoadedTemplate(string Path, byte[] Source, Template Template, TemplateHost Host)
{
    /// <summary>Reads and parses a template.</summary>
    /// <exception cref="AuthoringException">It does not parse; the message shows every fault.</exception>
    public static LoadedTemplate Load(string path, Templates.TemplateLanguage language, ConfdSettings settings, Surroundings surroundings) =>
        Parse(path, File.ReadAllBytes(path), language, settings, surroundings);

    /// <summary>Parses a template's text.</summary>
    /// <exception cref="AuthoringException">It does not parse; the message shows every fault.</exception>
    public static LoadedTemplate Parse(
        string path, byte[] source, Templates.TemplateLanguage language, ConfdSettings settings, Surroundings surroundings)
    {
        var parsed = Template.Parse(System.IO.Path.GetFileName(path), source, language, settings.Templates);
        if (!parsed.IsValid)
        {
            throw new AuthoringException(ExitCodes.Failed,
                string.Join('\n', parsed.Diagnostics.Select(fault => FaultText.Of(fault, path, source, key: null))));
        }

        var root = surroundings.Given(AuthoringFlags.TemplateRoot) is [.., var given]
            ? given
            : System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) ?? "/";
        return new LoadedTemplate(path, source, parsed.Template,
            MachineHost.For(root, settings.Secrets, surroundings.Variables, surroundings.Clock));
    }

    /// <summary>The language that the command line or the file's name says.</summary>
    /// <exception cref="AuthoringException">The command line names an unknown one.</exception>
    public static Templates.TemplateLanguage LanguageOf(string path, Surroundings surroundings) =>
        (surroundings.Given(AuthoringFlags.Engine) is [.., var engine] ? engine : "") switch
        {
            "" => ResourceText.LanguageOf(path) == Plan.Resources.TemplateLanguage.Scriban
                ? Templates.TemplateLanguage.Scriban : Templates.TemplateLanguage.Go,
            "gotmpl" => Templates.TemplateLanguage.Go,
            "scriban" => Templates.TemplateLanguage.Scriban,
            var other => throw new AuthoringException(ExitCodes.Usage, $"-engine {other}: use gotmpl or scriban"),
        };

    /// <summary>Renders.</summary>
    /// <exception cref="AuthoringException">It fails; the message shows where and why.</exception>
    public ReadOnlyMemory<byte> Render(TrialInput data, CancellationToken cancellation)
    {
        var result = Attempt(data, cancellation);
        return result.Succeeded ? result.Output
            : throw new AuthoringException(ExitCodes.Failed, FaultText.Of(result.Error, Path, Source, result.ErrorKey));
    }

    /// <summary>Renders, and leaves it to the caller what to do when that fails.</summary>
    public RenderResult Attempt(TrialInput data, CancellationToken cancellation) => Template.Render(
        new RenderInput { Keys = data.Keys, Data = data.Dot, Resource = new ResourceNames(Path, "", "/"), Host = Host }, cancellation);
}
