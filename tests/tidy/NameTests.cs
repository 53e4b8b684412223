using System.Text.RegularExpressions;
using Sync.Tidy.Tests.Tree;

namespace Sync.Tidy.Tests;

/// <summary>Types are named after what they are, and folders after one concept with at least two files.</summary>
public sealed partial class NameTests
{
    // Folders of one file that are right as they are, each with the reason.
    private static readonly Dictionary<string, string> SmallFolders = new(StringComparer.Ordinal)
    {
        ["store/member/Leases"] = "what the leader does for leases stands beside proposals, reads and turns",
        ["store/member/Reads"] = "how reads wait for the applied state stands beside proposals, leases and turns",
        ["store/member/Turns"] = "what one turn of the loop yields stands beside proposals, reads and leases",
        ["store/raft/Membership"] = "who votes is a concept of its own, and the one that changes of it build on",
    };

    [Fact]
    public void No_type_has_an_empty_suffix() => SourceTree.CSharp.SelectMany(EmptySuffixes).ShouldBeNone();

    [Fact]
    public void A_folder_of_sources_holds_at_least_two_files() =>
        LonelyFiles([.. SourceTree.Files]).ShouldBeNone();

    [Theory]
    [InlineData("internal sealed class KeyManager(int x)", "KeyManager")]
    [InlineData("    public readonly record struct LeaseData(long Id);", "LeaseData")]
    [InlineData("public static partial class Util", "Util")]
    [InlineData("internal sealed class WatchHandler", "WatchHandler")]
    public void A_planted_name_is_found(string line, string name) =>
        EmptySuffixes(new SourceFile("store/mvcc/Planted.cs", line))
            .Should().ContainSingle().Which.Fault.Should().StartWith($"{name} ends in");

    [Theory]
    [InlineData("public sealed class Metadata")]
    [InlineData("internal sealed class Database")]
    [InlineData("internal sealed class ShortCircuitHandler : DelegatingHandler")]
    [InlineData("/// A class Data is no declaration.")]
    public void A_good_name_passes(string line) =>
        EmptySuffixes(new SourceFile("store/mvcc/Planted.cs", line)).Should().BeEmpty();

    [Fact]
    public void A_planted_folder_of_one_file_is_found() =>
        LonelyFiles([new("store/raft/Sync.Raft.csproj", ""), new("store/raft/Alone/Alone.cs", "")])
            .Should().ContainSingle().Which.Path.Should().Be("store/raft/Alone/Alone.cs");

    private static IEnumerable<Violation> EmptySuffixes(SourceFile file) =>
        from line in file.Lines
        let declaration = Declaration().Match(line.Text)
        where declaration.Success
        let suffix = EmptySuffix().Match(declaration.Groups["name"].Value)
        where suffix.Success && !IsFrameworkHandler(suffix.Value, line.Text)
        select new Violation(file.Path, line.Number, $"{declaration.Groups["name"].Value} ends in {suffix.Value}",
            "Name what it is in the words of the domain; if no noun comes, it has two jobs.");

    // .NET's own word for a link in the chain of an HTTP client.
    private static bool IsFrameworkHandler(string suffix, string line) =>
        suffix == "Handler" && line.Contains("DelegatingHandler", StringComparison.Ordinal);

    // Folders of tests mirror those of what they test, however much there is to test.
    private static IEnumerable<Violation> LonelyFiles(IReadOnlyList<SourceFile> files) => files
        .Where(file => file.Is(".cs") && file.TopFolder != "tests")
        .GroupBy(file => file.Folder)
        .Where(folder => !SmallFolders.ContainsKey(folder.Key) && CountBelow(folder.Key, files) < 2)
        .Select(folder => new Violation(folder.First().Path, 1, $"{folder.Key} holds one file",
            $"Move the file up, or give the folder and the reason in {nameof(SmallFolders)}."));

    // A project's folder has its project file, so only folders inside projects can be too small.
    private static int CountBelow(string folder, IReadOnlyList<SourceFile> files) =>
        files.Count(file => file.Path.StartsWith(folder + "/", StringComparison.Ordinal));

    [GeneratedRegex(@"^\s*(?:(?:public|internal|private|protected|file|sealed|static|abstract|readonly|ref|partial)\s+)*"
        + @"(?:class|interface|enum|struct|record(?:\s+(?:class|struct))?)\s+(?<name>[A-Za-z_]\w*)")]
    private static partial Regex Declaration();

    [GeneratedRegex("(?<![A-Z])(?:Manager|Helper|Utils?|Processor|Handler|Data|Info|Base|Impl)$")]
    private static partial Regex EmptySuffix();
}
