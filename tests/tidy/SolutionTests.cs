using System.Text.RegularExpressions;
using Sync.TestKit;
using Sync.Tidy.Tests.Tree;

namespace Sync.Tidy.Tests;

/// <summary>The solution names every project, and every project says what it is.</summary>
public sealed partial class SolutionTests
{
    private static readonly string[] Layers = ["core", "shell", "generated", "test"];

    private static SourceFile Solution => SourceTree.Files.Single(file => file.Path == "Sync.sln");

    [Fact]
    public void Every_project_is_in_the_solution() =>
        MissingProjects(Solution, [.. SourceTree.Projects.Select(project => project.Path)]).ShouldBeNone();

    [Fact]
    public void Every_project_names_its_layer() =>
        SourceTree.Projects
            .Where(project => !Layers.Contains(project.Layer))
            .Select(project => new Violation(
                project.Path, 1, $"SyncLayer is '{project.Layer}'", $"Set it to {string.Join(", ", Layers)}."))
            .ShouldBeNone();

    [Fact]
    public void Every_project_has_its_lock_file() =>
        SourceTree.Projects
            .Where(project => !File.Exists(LockFileOf(project)))
            .Select(project => new Violation(
                project.Path, 1, "packages.lock.json is missing beside it", "Run dotnet restore and commit the file."))
            .ShouldBeNone();

    [Fact]
    public void A_project_that_is_left_out_is_found() =>
        MissingProjects(Solution, [.. ProjectsIn(Solution), "store/stray/Sync.Stray.csproj"])
            .Should().ContainSingle().Which.Path.Should().Be("store/stray/Sync.Stray.csproj");

    private static IEnumerable<Violation> MissingProjects(SourceFile solution, IReadOnlyList<string> onDisk)
    {
        var listed = ProjectsIn(solution).ToList();

        return onDisk.Except(listed)
            .Select(path => new Violation(path, 1, "the project is not in Sync.sln", $"Run dotnet sln add {path}."))
            .Concat(listed.Except(onDisk).Select(path => new Violation(
                solution.Path, 1, $"{path} does not exist", $"Run dotnet sln remove {path}.")));
    }

    private static string LockFileOf(ProjectFile project) =>
        Repository.At(Path.GetDirectoryName(project.Path)!, "packages.lock.json");

    private static IEnumerable<string> ProjectsIn(SourceFile solution) =>
        ProjectPath().Matches(solution.Text).Select(match => match.Groups[1].Value.Replace('\\', '/'));

    [GeneratedRegex("\"([^\"]+\\.csproj)\"")]
    private static partial Regex ProjectPath();
}
