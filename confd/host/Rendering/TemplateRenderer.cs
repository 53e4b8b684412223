using Sync.Confd.Options;
using Sync.Confd.Plan.Actions;
using Sync.Confd.Plan.Keys;
using Sync.Confd.Plan.Resources;
using Sync.Confd.Sources;
using Sync.Templates;
using Sync.Templates.Keys;

namespace Sync.Confd.Rendering;

/// <summary>Turns a resource's template and the state of the keys into the destination's content.</summary>
/// <param name="settings">Folders, prefix and limits.</param>
/// <param name="host">What templates see of the machine.</param>
internal sealed class TemplateRenderer(ConfdSettings settings, TemplateHost host)
{
    /// <summary>The keys that a resource reads.</summary>
    public KeySelection SelectionOf(Resource resource) => KeySelection.Of(PrefixOf(resource), resource.Keys);

    /// <summary>Renders.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="state">The keys.</param>
    /// <param name="cancellationToken">Ends the rendering; the answer then is a refusal.</param>
    /// <returns>The content, or one sentence why there is none. The template file is read each time.</returns>
    public RenderedFile Render(Resource resource, KeyState state, CancellationToken cancellationToken)
    {
        var keys = KeysOf(resource, state);
        if (Incomplete(resource, keys) is { } reason)
        {
            return new RenderedFile.Refused(reason);
        }

        if (resource.Contents is { } contents)
        {
            return Render(resource, keys, resource.File, System.Text.Encoding.UTF8.GetBytes(contents), cancellationToken);
        }

        var path = Path.GetFullPath(Path.Combine(settings.TemplateFolder, resource.Source));
        if (!File.Exists(path))
        {
            return new RenderedFile.Refused($"Missing template: {path}");
        }

        try
        {
            return Render(resource, keys, path, File.ReadAllBytes(path), cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new RenderedFile.Refused($"Unable to read template {path}: {failure.Message}");
        }
    }

    private RenderedFile Render(
        Resource resource, KeySnapshot keys, string path, ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
    {
        var language = resource.Language switch
        {
            Plan.Resources.TemplateLanguage.Go => Templates.TemplateLanguage.Go,
            Plan.Resources.TemplateLanguage.Scriban => Templates.TemplateLanguage.Scriban,
        };
        var parsed = Template.Parse(Path.GetFileName(path), text, language, OptionsOf(resource));
        if (!parsed.IsValid)
        {
            var faults = string.Join("; ", parsed.Diagnostics.Select(fault => fault.Text));
            var remedy = resource.Contents is null ? $"correct it and try it with: confd render {path}" : "correct contents there";
            return new RenderedFile.Refused($"Unable to process template {path}, {faults}; {remedy}");
        }

        var input = new RenderInput { Keys = keys, Resource = NamesOf(resource), Host = host };
        var result = parsed.Template.Render(input, cancellationToken);
        return result.Succeeded
            ? new RenderedFile.Done(result.Output) { HoldsSecrets = result.HoldsSecrets }
            : new RenderedFile.Refused($"Unable to process template {path}, {result.Error.Text}");
    }

    private TemplateOptions OptionsOf(Resource resource) => settings.Templates with
    {
        Functions = resource.Functions ?? settings.Templates.Functions,
        MissingKey = resource.MissingKey ?? settings.Templates.MissingKey,
        LeftDelimiter = resource.Delimiters?.Left ?? settings.Templates.LeftDelimiter,
        RightDelimiter = resource.Delimiters?.Right ?? settings.Templates.RightDelimiter,
    };

    private string PrefixOf(Resource resource) =>
        KeySelection.PrefixOf(settings.Prefix, resource.Prefix, settings.PrefixMode);

    private ResourceNames NamesOf(Resource resource) =>
        new(resource.Source, resource.Destination, KeyPath.Clean(PrefixOf(resource)));

    private KeySnapshot KeysOf(Resource resource, KeyState state)
    {
        var selection = SelectionOf(resource);
        return KeySnapshot.Of(
            from key in state.Keys
            where selection.Covers(key.Name)
            let name = selection.NameOf(key.Name)
            where name is not null
            select new KeyEntry(System.Text.Encoding.UTF8.GetBytes(name), key.Value));
    }

    private static string? Incomplete(Resource resource, KeySnapshot keys)
    {
        if (keys.Count < resource.KeysMin)
        {
            return $"{resource.File}: {keys.Count} keys exist, min_keys asks for {resource.KeysMin}; "
                + "the destination keeps its content";
        }

        var missing = resource.RequiredKeys.FirstOrDefault(key => keys.Value(KeyPath.Clean(key)) is not { IsEmpty: false });
        return missing is null
            ? null
            : $"{resource.File}: required key {missing} is absent or empty; the destination keeps its content";
    }
}
