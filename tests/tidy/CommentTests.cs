using System.Text.RegularExpressions;
using Sync.Tidy.Tests.Tree;

namespace Sync.Tidy.Tests;

/// <summary>Work that is put off, and warnings that are switched off, say why.</summary>
public sealed partial class CommentTests
{
    private static IEnumerable<SourceFile> Sources => SourceTree.Files.Where(file =>
        file.Is(".cs", ".csproj", ".props", ".targets", ".proto", ".md", ".sh"));

    [Fact]
    public void Work_put_off_names_its_issue() => Sources.SelectMany(LooseEnds).ShouldBeNone();

    [Fact]
    public void A_warning_switched_off_has_its_reason_on_the_line() =>
        SourceTree.CSharp.SelectMany(SilentPragmas).ShouldBeNone();

    [Theory]
    [InlineData("// TO" + "DO: later", 1)]
    [InlineData("x();\n// FIX" + "ME", 2)]
    public void A_planted_loose_end_is_found(string text, int line) =>
        LooseEnds(new SourceFile("store/raft/Planted.cs", text)).Should().ContainSingle().Which.Line.Should().Be(line);

    [Fact]
    public void Work_put_off_with_its_issue_passes() =>
        LooseEnds(new SourceFile("store/raft/Planned.cs", "// TO" + "DO(#12): learners.")).Should().BeEmpty();

    [Theory]
    [InlineData("#pragma warning disable CA1031", 1)]
    [InlineData("#pragma warning disable CA1031 //", 1)]
    [InlineData("#pragma warning disable CA1031 // The host's last edge.\n#pragma warning restore CA1031", 0)]
    public void A_planted_pragma_is_judged_by_its_reason(string text, int violations) =>
        SilentPragmas(new SourceFile("store/raft/Planted.cs", text)).Should().HaveCount(violations);

    private static IEnumerable<Violation> LooseEnds(SourceFile file) => file.Lines
        .Where(line => LooseEnd().IsMatch(line.Text))
        .Select(line => new Violation(file.Path, line.Number, "work is put off without an issue",
            "Do it, or open an issue and write its number in brackets behind the word, with the reason."));

    private static IEnumerable<Violation> SilentPragmas(SourceFile file) => file.Lines
        .Where(line => line.Text.TrimStart().StartsWith("#pragma warning disable", StringComparison.Ordinal))
        .Where(line => !Reason().IsMatch(line.Text))
        .Select(line => new Violation(file.Path, line.Number, "a warning is switched off without a reason",
            "Write the reason behind // on the same line, or obey the warning."));

    [GeneratedRegex(@"\b(?:TO(?:DO)|FIX(?:ME)|HAC(?:K))\b(?!\(#\d+\))")]
    private static partial Regex LooseEnd();

    [GeneratedRegex(@"//\s*\w{2,}")]
    private static partial Regex Reason();
}
