using Sync.TestKit;

namespace Sync.Tidy.Tests.Tree;

/// <summary>The files of the working copy that people write; build output is left out.</summary>
internal static class SourceTree
{
    private static readonly HashSet<string> BuildFolders =
        new(StringComparer.Ordinal) { "artifacts", "bin", "obj", "TestResults", "node_modules" };

    private static readonly string[] TextExtensions =
    [
        ".cs", ".csproj", ".props", ".targets", ".sln", ".proto", ".md", ".sh", ".txt", ".json", ".toml", ".yml",
        ".sbn", ".tmpl",
    ];

    /// <summary>Every text file, in the order of the paths.</summary>
    public static IReadOnlyList<SourceFile> Files { get; } =
        [.. Walk(Repository.Root).OrderBy(file => file.Path, StringComparer.Ordinal)];

    /// <summary>Every C# file.</summary>
    public static IEnumerable<SourceFile> CSharp => Files.Where(file => file.Is(".cs"));

    /// <summary>Every project file.</summary>
    public static IEnumerable<ProjectFile> Projects =>
        Files.Where(file => file.Is(".csproj")).Select(ProjectFile.Parse);

    private static IEnumerable<SourceFile> Walk(string folder)
    {
        var here = Directory.EnumerateFiles(folder)
            .Where(IsText)
            .Select(path => new SourceFile(
                Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'), File.ReadAllText(path)));
        var below = Directory.EnumerateDirectories(folder).Where(IsSource).SelectMany(Walk);

        return here.Concat(below);
    }

    // A script without an extension, such as those of .ci, is known by its first line.
    private static bool IsText(string path) =>
        TextExtensions.Contains(Path.GetExtension(path), StringComparer.Ordinal)
        || (Path.GetExtension(path).Length == 0 && FirstLine(path).StartsWith("#!", StringComparison.Ordinal));

    private static string FirstLine(string path) => File.ReadLines(path).FirstOrDefault("");

    private static bool IsSource(string folder)
    {
        var name = Path.GetFileName(folder);
        return !BuildFolders.Contains(name) && (name == ".ci" || !name.StartsWith('.'));
    }
}
