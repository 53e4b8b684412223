using System.Text;
using System.Text.Json;

namespace Sync.Templates.Tests.Recorded;

/// <summary>The recorded cases of the original programs, from the folder beside the tests or another one.</summary>
internal static class Corpus
{
    private static readonly string OwnFolder = Path.Combine(AppContext.BaseDirectory, "corpus");

    private static readonly string Folder =
        Environment.GetEnvironmentVariable("SYNC_CORPUS_DIR") is { Length: > 0 } folder
            ? folder
            : OwnFolder;

    public static IReadOnlyList<JsonElement> Go { get; } = Read(Folder, "gotemplate.jsonl");

    /// <summary>Further cases of our own; they stay whatever folder is named.</summary>
    public static IReadOnlyList<JsonElement> More { get; } = Read(OwnFolder, "more.jsonl");

    /// <summary>Regular expressions, recorded from Go.</summary>
    public static IReadOnlyList<JsonElement> Patterns { get; } = Read(OwnFolder, "regexp.jsonl");

    public static IReadOnlyList<JsonElement> Confd { get; } = Read(Folder, "confd.jsonl");

    /// <summary>The values that cases of the folder refer to.</summary>
    public static JsonElement Shared { get; } = ReadShared(Folder);

    /// <summary>The values that our own further cases refer to.</summary>
    public static JsonElement OwnShared { get; } = ReadShared(OwnFolder);

    public static IEnumerable<string> GroupsOf(IEnumerable<JsonElement> cases) =>
        cases.Select(recorded => Text(recorded, "group") ?? "").Distinct();

    /// <summary>A text of a case, or null when the case has none.</summary>
    public static string? Text(JsonElement recorded, string name) =>
        recorded.TryGetProperty(name, out var text) ? text.GetString() : null;

    /// <summary>The bytes of a text, which is stored in base64 when it is not valid UTF-8.</summary>
    public static byte[]? Bytes(JsonElement recorded, string name) =>
        recorded.TryGetProperty(name + "_b64", out var encoded) ? encoded.GetBytesFromBase64()
            : Text(recorded, name) is { } text ? Encoding.UTF8.GetBytes(text)
            : null;

    private static JsonElement ReadShared(string folder) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "gotemplate-data.json"))).RootElement;

    private static List<JsonElement> Read(string folder, string file) =>
        [.. File.ReadLines(Path.Combine(folder, file)).Where(line => line.Length > 0)
            .Select(line => JsonDocument.Parse(line).RootElement)];
}
