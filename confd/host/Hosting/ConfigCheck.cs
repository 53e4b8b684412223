using Sync.Confd.Options;
using Sync.Confd.Plan.Resources;

namespace Sync.Confd.Hosting;

/// <summary>Checks the resource files without any backend (<c>-check-config</c>).</summary>
internal static class ConfigCheck
{
    /// <summary>Prints what is wrong file by file, and a closing line.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(Configuration configuration, ConfdSettings settings, TextWriter output)
    {
        var faults = configuration.Resources.Diagnostics.Concat(MissingTemplates(configuration, settings))
            .ToLookup(diagnostic => diagnostic.File);
        var files = Directory.Exists(settings.ResourceFolder)
            ? ResourceFolder.FilesBelow(settings.ResourceFolder).ToList()
            : [];
        var passed = 0;
        foreach (var file in files)
        {
            foreach (var diagnostic in faults[file])
            {
                output.WriteLine(diagnostic.IsError ? $"{diagnostic}" : $"warning: {diagnostic}");
            }

            if (!faults[file].Any(diagnostic => diagnostic.IsError))
            {
                passed++;
                output.WriteLine($"OK: {file}");
            }
        }

        output.WriteLine($"Validation complete: {passed}/{files.Count} files passed");
        return passed == files.Count ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static IEnumerable<Diagnostic> MissingTemplates(Configuration configuration, ConfdSettings settings) =>
        from resource in configuration.Resources.Resources
        let path = Path.GetFullPath(Path.Combine(settings.TemplateFolder, resource.Source))
        where resource.Contents is null && !File.Exists(path)
        select Diagnostic.Error(resource.File, 0, "src", $"template file not found: {path}");
}
