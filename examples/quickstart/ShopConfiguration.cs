namespace Sync.Quickstart;

/// <summary>What the shop's configuration file says: lines <c>name = value</c>, and <c>#</c> comments.</summary>
/// <param name="Listen">Where the shop listens: <c>127.0.0.1:8080</c>.</param>
/// <param name="Metadata">Where it asks who it is: <c>http://127.0.0.1:9610</c>.</param>
/// <param name="Greeting">What it greets with.</param>
/// <param name="Suppliers">Name and address of each supplier.</param>
internal sealed record ShopConfiguration(
    string Listen, Uri Metadata, string Greeting, IReadOnlyList<string> Suppliers)
{
    /// <summary>Reads the file.</summary>
    /// <exception cref="FormatException">A name that the shop cannot do without is missing.</exception>
    public static ShopConfiguration Read(string path)
    {
        var settings = File.ReadLines(path)
            .Where(line => line.Contains(" = ", StringComparison.Ordinal) && !line.StartsWith('#'))
            .Select(line => line.Split(" = ", 2))
            .ToLookup(parts => parts[0], parts => parts[1]);

        return new ShopConfiguration(
            Required("listen"), new Uri(Required("metadata")), Required("greeting"), [.. settings["supplier"]]);

        string Required(string name) => settings[name].FirstOrDefault()
            ?? throw new FormatException($"{path} says nothing about '{name}'");
    }
}
