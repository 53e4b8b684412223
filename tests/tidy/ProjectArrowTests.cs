using Sync.Tidy.Tests.Tree;

namespace Sync.Tidy.Tests;

/// <summary>Arrows between projects point to the cores, and cores know no shell, framework or logger.</summary>
public sealed class ProjectArrowTests
{
    // What each project may reference. A new arrow is a decision: it is written here with the change that needs it.
    private static readonly Dictionary<string, string[]> AllowedReferences = new(StringComparer.Ordinal)
    {
        ["Sync.Raft"] = [],
        ["Sync.Mvcc"] = [],
        ["Sync.Posix"] = [],
        ["Sync.Etcd.Api"] = [],
        ["Sync.Etcd.Client"] = ["Sync.Etcd.Api"],
        ["Sync.Member"] = ["Sync.Raft", "Sync.Mvcc"],
        ["Sync.Disk"] = ["Sync.Raft", "Sync.Mvcc", "Sync.Posix"],
        ["Sync.Store"] = ["Sync.Member", "Sync.Disk", "Sync.Etcd.Api", "Sync.Etcd.Client"],
        ["Sync.Store.Ctl"] = ["Sync.Etcd.Client", "Sync.Member", "Sync.Disk"],
        ["Sync.Templates"] = [],
        ["Sync.Confd.Plan"] = ["Sync.Templates"],
        ["Sync.Confd"] = ["Sync.Confd.Plan", "Sync.Etcd.Client", "Sync.Posix"],
        ["Sync.Metad.Model"] = [],
        ["Sync.Metad"] = ["Sync.Metad.Model", "Sync.Etcd.Client", "Sync.Posix"],
    };

    // The libraries a core may use. All are pure: text in, values out.
    private static readonly Dictionary<string, string[]> AllowedCorePackages = new(StringComparer.Ordinal)
    {
        ["Sync.Templates"] = ["Scriban.Signed", "Tomlyn", "YamlDotNet"],
        ["Sync.Confd.Plan"] = ["Tomlyn"],
        ["Sync.Metad.Model"] = ["YamlDotNet"],
    };

    [Fact]
    public void Each_project_references_only_what_its_place_allows() =>
        SourceTree.Projects.SelectMany(NewArrows).ShouldBeNone();

    [Fact]
    public void Cores_use_only_the_libraries_that_are_listed_for_them() =>
        SourceTree.Projects.SelectMany(ImpureLibraries).ShouldBeNone();

    [Fact]
    public void Versions_of_packages_stand_in_one_file() =>
        SourceTree.Projects.SelectMany(PinnedVersions).ShouldBeNone();

    [Fact]
    public void A_planted_arrow_is_found()
    {
        var project = Project("Sync.Raft", references: ["Sync.Disk"]);

        NewArrows(project).Should().ContainSingle().Which.Fault.Should().Contain("Sync.Raft references Sync.Disk");
    }

    [Fact]
    public void A_planted_framework_in_a_core_is_found()
    {
        var project = Project("Sync.Mvcc", packages: ["Microsoft.NET.Sdk.Web"]);

        ImpureLibraries(project).Should().ContainSingle().Which.Fault.Should().Contain("Microsoft.NET.Sdk.Web");
    }

    private static IEnumerable<Violation> NewArrows(ProjectFile project)
    {
        if (!project.IsProduct)
        {
            return [];
        }

        return AllowedReferences.TryGetValue(project.Name, out var allowed)
            ? project.References.Except(allowed).Select(reference => new Violation(
                project.Path, 1, $"{project.Name} references {reference}",
                $"It may reference {Listed(allowed)}; move the code, or add the arrow to "
                + $"{nameof(ProjectArrowTests)} and say why in the commit."))
            : [new Violation(project.Path, 1, $"{project.Name} has no place among the arrows",
                $"Add it to {nameof(ProjectArrowTests)} with what it may reference.")];
    }

    private static IEnumerable<Violation> ImpureLibraries(ProjectFile project) =>
        project.Layer != "core" ? [] : project.Packages
            .Except(AllowedCorePackages.GetValueOrDefault(project.Name, []))
            .Select(package => new Violation(
                project.Path, 1, $"the core {project.Name} uses {package}",
                "Move what needs it into the shell beside the core, or list a pure library in "
                + $"{nameof(ProjectArrowTests)} and say why in the commit."));

    private static IEnumerable<Violation> PinnedVersions(ProjectFile project) =>
        project.PinnedPackages.Select(package => new Violation(
            project.Path, 1, $"the version of {package} stands here", "Move it to Directory.Packages.props."));

    private static string Listed(string[] names) => names.Length == 0 ? "no project" : string.Join(", ", names);

    private static ProjectFile Project(string name, string[]? references = null, string[]? packages = null) =>
        new($"store/{name}.csproj", name, "core", references ?? [], packages ?? [], []);
}
