namespace Sync.Confd.Plan.Toml;

/// <summary>A table of a TOML file with its own entries; the lines before the first header have no name.</summary>
/// <param name="Name">The header's name in the compared spelling, empty for the top of the file.</param>
/// <param name="Line">The header's line, from 1.</param>
/// <param name="Entries">The entries, in the order of the file.</param>
public sealed record TomlSection(string Name, int Line, IReadOnlyList<TomlEntry> Entries);
