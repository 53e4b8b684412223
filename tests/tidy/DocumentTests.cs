using System.Text.RegularExpressions;
using Sync.TestKit;
using Sync.Tidy.Tests.Tree;

namespace Sync.Tidy.Tests;

/// <summary>Documents point at things that exist and stay short enough to be read.</summary>
public sealed partial class DocumentTests
{
    private const int LinesMax = 400;

    private static IEnumerable<SourceFile> Documents => SourceTree.Files.Where(file => file.Is(".md"));

    [Fact]
    public void Links_within_the_repository_resolve() => Documents.SelectMany(BrokenLinks).ShouldBeNone();

    [Fact]
    public void Readmes_and_architecture_pages_stay_under_400_lines() => Documents
        .Where(file => file.Name is "README.md" or "ARCHITECTURE.md" or "CONTRIBUTING.md")
        .Where(file => file.Lines.Count() > LinesMax)
        .Select(file => new Violation(file.Path, LinesMax, $"the document has {file.Lines.Count()} lines",
            $"Say it in {LinesMax} lines, or move a part into a document of its own."))
        .ShouldBeNone();

    [Theory]
    [InlineData("See [the log](store/NOWHERE.md).", "store/NOWHERE.md does not exist")]
    [InlineData("# Parts\nSee [parts](#pieces).", "README.md has no heading #pieces")]
    public void A_planted_link_is_found(string text, string fault) =>
        BrokenLinks(new SourceFile("README.md", text)).Should().ContainSingle().Which.Fault.Should().Be(fault);

    [Theory]
    [InlineData("# Parts of it\nSee [parts](#parts-of-it), [the site](https://example.com/x) and [this](README.md#parts-of-it).")]
    [InlineData("```\n[not a link](nowhere.md)\n```\nand `[code](nowhere.md)`")]
    public void A_good_link_passes(string text) =>
        BrokenLinks(new SourceFile("README.md", text)).Should().BeEmpty();

    private static IEnumerable<Violation> BrokenLinks(SourceFile document)
    {
        var prose = Code().Replace(document.Text, match => BlankLines(match.Value));

        return Link().Matches(prose)
            .Select(match => (Line: document.LineAt(match.Index), Fault: FaultOf(document, match.Groups["target"].Value)))
            .Where(link => link.Fault is not null)
            .Select(link => new Violation(document.Path, link.Line, link.Fault!, "Correct the link or remove it."));
    }

    private static string? FaultOf(SourceFile document, string target)
    {
        if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
        {
            return null;
        }

        var (path, heading) = Split(target);
        var resolved = path.Length == 0 ? document.Path : Resolve(document.Folder, path);
        if (!Path.Exists(Repository.At(resolved)))
        {
            return $"{resolved} does not exist";
        }

        var text = resolved == document.Path ? document.Text : ReadDocument(resolved);
        return heading.Length == 0 || text is null || Headings(text).Contains(heading)
            ? null
            : $"{resolved} has no heading #{heading}";
    }

    private static string? ReadDocument(string path) =>
        path.EndsWith(".md", StringComparison.Ordinal) ? File.ReadAllText(Repository.At(path)) : null;

    private static (string Path, string Heading) Split(string target)
    {
        var mark = target.IndexOf('#', StringComparison.Ordinal);
        return mark < 0 ? (target, "") : (target[..mark], target[(mark + 1)..]);
    }

    private static string Resolve(string folder, string path) =>
        Path.GetRelativePath("/", Path.GetFullPath(path, "/" + folder));

    // GitHub's anchors: lower case, punctuation dropped, spaces turned into hyphens.
    private static IEnumerable<string> Headings(string text) =>
        Heading().Matches(text).Select(match =>
            Punctuation().Replace(match.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    private static string BlankLines(string code) => new('\n', code.Count(character => character == '\n'));

    [GeneratedRegex(@"(?<!\\)\[[^\]]*\]\((?<target>[^)\s]+)(?:\s+""[^""]*"")?\)")]
    private static partial Regex Link();

    [GeneratedRegex("^```.*?^```|`[^`\n]+`", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Code();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();
}
