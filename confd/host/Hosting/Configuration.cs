using Sync.Confd.Options;
using Sync.Confd.Plan.Resources;

namespace Sync.Confd.Hosting;

/// <summary>Everything an operator wrote, read at one moment.</summary>
/// <param name="Settings">The settings; null when one of them is wrong.</param>
/// <param name="Resources">The resources of the folder; none when the settings are wrong.</param>
/// <param name="Diagnostics">Every error and warning of both.</param>
internal sealed record Configuration(
    ConfdSettings? Settings, ResourceSet Resources, IReadOnlyList<Diagnostic> Diagnostics)
{
    /// <summary>Reads confd.toml and the resource files.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="overriding">What a command such as <c>plan</c> settles; stronger than the command line.</param>
    /// <param name="variables">The environment.</param>
    public static Configuration Load(
        CommandLine line, SettingLayer overriding, IReadOnlyDictionary<string, string> variables) =>
        WithResources(LayersOf(line, overriding, variables), variables);

    /// <summary>Reads one configuration folder, its own confd.toml included; nothing outside of it counts.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="line">The command line.</param>
    public static Configuration OfFolder(string folder, CommandLine line)
    {
        var file = Path.Combine(folder, "confd.toml");
        var overriding = new SettingLayer(
            new Dictionary<Flag, Setting> { [Flags.ConfigFolder] = new("the command line", [folder]) }, []);
        return WithResources(
            [File.Exists(file) ? LayerOfFile(file, isNamed: true) : SettingLayer.Empty, SettingLayer.Of(line), overriding],
            new Dictionary<string, string>());
    }

    /// <summary>Reads the settings alone: confd.toml, the environment, the command line.</summary>
    public static SettingsResult Settle(
        CommandLine line, SettingLayer overriding, IReadOnlyDictionary<string, string> variables) =>
        SettingsReader.Read(LayersOf(line, overriding, variables), variables);

    private static SettingLayer[] LayersOf(
        CommandLine line, SettingLayer overriding, IReadOnlyDictionary<string, string> variables)
    {
        var environment = SettingLayer.OfEnvironment(variables, ReadSecret);
        var given = SettingLayer.Of(line);
        var named = given.Values.GetValueOrDefault(Flags.ConfigFile)
            ?? environment.Values.GetValueOrDefault(Flags.ConfigFile);
        var file = LayerOfFile(named?.Texts[0] ?? Flags.ConfigFile.Default, isNamed: named is not null);
        return [file, environment, given, overriding];
    }

    private static Configuration WithResources(
        IReadOnlyList<SettingLayer> layers, IReadOnlyDictionary<string, string> variables)
    {
        var result = SettingsReader.Read(layers, variables);
        if (result.Settings is not { } settings)
        {
            return Unusable(result.Diagnostics);
        }

        if (MissingFolder(layers, settings) is { } missing)
        {
            return Unusable([.. result.Diagnostics, missing]);
        }

        try
        {
            var resources = ResourceFolder.Read(settings);
            return new Configuration(settings, resources, [.. result.Diagnostics, .. resources.Diagnostics]);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Unusable([.. result.Diagnostics, Diagnostic.Error(settings.ResourceFolder, 0, "",
                $"{failure.Message} Let this user read the folder and those below it.")]);
        }
    }

    private static Configuration Unusable(IReadOnlyList<Diagnostic> diagnostics) =>
        new(null, new ResourceSet([], []), diagnostics);

    // The default folder may be missing, as on a machine that has no resources yet. One that somebody names is meant.
    private static Diagnostic? MissingFolder(IEnumerable<SettingLayer> layers, ConfdSettings settings) =>
        layers.Any(layer => layer.Values.ContainsKey(Flags.ConfigFolder)) && !Directory.Exists(settings.ConfigFolder)
            ? Diagnostic.Error(
                settings.ConfigFolder, 0, "", "confdir does not exist; create it, or name an existing folder with -confdir")
            : null;

    private static SettingLayer LayerOfFile(string path, bool isNamed)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            return isNamed ? Faulty(path, "does not exist; name an existing file or leave the flag out") : SettingLayer.Empty;
        }

        try
        {
            return Directory.Exists(path)
                ? Faulty(path, $"read {path}: is a directory; name the file in it")
                : SettingLayer.OfFile(path, File.ReadAllText(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Faulty(path, failure.Message);
        }
    }

    private static SettingLayer Faulty(string path, string message) =>
        new(SettingLayer.Empty.Values, [Diagnostic.Error(path, 0, "", message)]);

    private static string? ReadSecret(string path)
    {
        try
        {
            return File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
