using System.Xml.Linq;

namespace Sync.Tidy.Tests.Tree;

/// <summary>What a project file says about the project's place in the solution.</summary>
/// <param name="Path">Relative to the root, with slashes.</param>
/// <param name="Name">The file's name without its extension, such as <c>Sync.Raft</c>.</param>
/// <param name="Layer">The value of <c>SyncLayer</c>; empty when the project names none.</param>
/// <param name="References">Names of the projects that it references.</param>
/// <param name="Packages">Names of the packages and frameworks that it references, the Web SDK among them.</param>
/// <param name="PinnedPackages">Names of the packages whose version stands in this file.</param>
internal sealed record ProjectFile(
    string Path,
    string Name,
    string Layer,
    IReadOnlyList<string> References,
    IReadOnlyList<string> Packages,
    IReadOnlyList<string> PinnedPackages)
{
    private const string PlainSdk = "Microsoft.NET.Sdk";

    /// <summary>Whether others build on the project: neither a test, a tool of the tests nor an example.</summary>
    public bool IsProduct =>
        !Path.StartsWith("tests/", StringComparison.Ordinal) && !Path.StartsWith("examples/", StringComparison.Ordinal);

    /// <summary>Reads a project file.</summary>
    public static ProjectFile Parse(SourceFile file)
    {
        var project = XElement.Parse(file.Text);
        var sdk = (string?)project.Attribute("Sdk") ?? PlainSdk;
        var packages = project.Descendants("PackageReference").ToList();
        var frameworks = Includes(project.Descendants("FrameworkReference"));

        return new ProjectFile(
            file.Path,
            NameOf(file.Path),
            project.Descendants("SyncLayer").FirstOrDefault()?.Value ?? "",
            [.. Includes(project.Descendants("ProjectReference")).Select(NameOf)],
            [.. Includes(packages).Concat(frameworks).Concat(sdk == PlainSdk ? [] : [sdk])],
            [.. Includes(packages.Where(HasVersion))]);
    }

    private static bool HasVersion(XElement package) =>
        package.Attribute("Version") is not null
        || package.Attribute("VersionOverride") is not null
        || package.Element("Version") is not null;

    private static IEnumerable<string> Includes(IEnumerable<XElement> items) =>
        items.Select(item => (string?)item.Attribute("Include")).OfType<string>();

    private static string NameOf(string path) =>
        System.IO.Path.GetFileNameWithoutExtension(path.Replace('\\', '/'));
}
