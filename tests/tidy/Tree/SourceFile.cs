namespace Sync.Tidy.Tests.Tree;

/// <summary>A file of the working copy.</summary>
/// <param name="Path">Relative to the root, with slashes: <c>store/raft/Ready.cs</c>.</param>
/// <param name="Text">The whole content.</param>
internal sealed record SourceFile(string Path, string Text)
{
    /// <summary>The first folder, such as <c>store</c>; empty for a file at the root.</summary>
    public string TopFolder => Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.IndexOf('/')] : "";

    /// <summary>The folder relative to the root; empty for a file at the root.</summary>
    public string Folder => Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.LastIndexOf('/')] : "";

    /// <summary>The name with its extension, such as <c>Ready.cs</c>.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The lines with their numbers, which count from 1.</summary>
    public IEnumerable<(int Number, string Text)> Lines =>
        Text.Split('\n').Select((line, index) => (index + 1, line));

    /// <summary>Whether the name ends in one of <paramref name="extensions"/>, such as <c>.cs</c>.</summary>
    public bool Is(params string[] extensions) =>
        extensions.Any(extension => Path.EndsWith(extension, StringComparison.Ordinal));

    /// <summary>The number of the line, from 1, that holds the character at <paramref name="offset"/>.</summary>
    public int LineAt(int offset) => Text.AsSpan(0, offset).Count('\n') + 1;
}
