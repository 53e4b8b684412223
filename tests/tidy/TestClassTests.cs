using System.Text.RegularExpressions;
using Sync.Tidy.Tests.Tree;

namespace Sync.Tidy.Tests;

/// <summary>Tests clean up after themselves.</summary>
public sealed partial class TestClassTests
{
    [Fact]
    public void Classes_of_tests_are_disposed_by_what_xunit_calls() =>
        SourceTree.CSharp.Where(file => file.Path.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(Undisposed).ShouldBeNone();

    [Theory]
    [InlineData("public sealed class PortTests : IAsync" + "Disposable", 1)]
    [InlineData("public sealed class PortTests : IAsyncLifetime", 0)]
    [InlineData("internal sealed class PortServer : IAsync" + "Disposable", 0)]
    public void A_planted_class_is_judged(string text, int violations) =>
        Undisposed(new SourceFile("tests/store/PortTests.cs", text)).Should().HaveCount(violations);

    private static IEnumerable<Violation> Undisposed(SourceFile file) => file.Lines
        .Where(line => NeverDisposed().IsMatch(line.Text))
        .Select(line => new Violation(file.Path, line.Number, "xunit 2 never disposes a class of tests by IAsyncDisposable",
            "Use IAsyncLifetime, or what the tests started outlives them."));

    [GeneratedRegex(@"^public .*class \w+Tests\b.*\bIAsyncDisposable\b")]
    private static partial Regex NeverDisposed();
}
