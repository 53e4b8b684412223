namespace Sync.Confd.Plan.Resources;

/// <summary>All resources of a configuration folder.</summary>
/// <param name="Resources">The usable ones, in the order of the files.</param>
/// <param name="Diagnostics">Every error and warning.</param>
public sealed record ResourceSet(IReadOnlyList<Resource> Resources, IReadOnlyList<Diagnostic> Diagnostics)
{
    /// <summary>Whether a resource is left out because of an error.</summary>
    public bool HasErrors => Diagnostics.Any(diagnostic => diagnostic.IsError);

    /// <summary>Puts the files of a folder together; of two resources with one destination the first stays.</summary>
    /// <param name="files">The files' contents, in order.</param>
    public static ResourceSet Of(IEnumerable<ResourceText> files)
    {
        var diagnostics = new List<Diagnostic>();
        var owners = new Dictionary<string, Resource>(StringComparer.Ordinal);
        var resources = new List<Resource>();
        foreach (var file in files)
        {
            diagnostics.AddRange(file.Diagnostics);
            foreach (var resource in file.Resources)
            {
                if (owners.TryAdd(resource.Destination, resource))
                {
                    resources.Add(resource);
                    continue;
                }

                diagnostics.Add(Diagnostic.Error(resource.File, 0, "dest",
                    $"{resource.Destination} is already written by {owners[resource.Destination].File}; "
                    + "give each resource a destination of its own"));
            }
        }

        return new ResourceSet(resources, diagnostics);
    }
}
