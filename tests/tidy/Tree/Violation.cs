namespace Sync.Tidy.Tests.Tree;

/// <summary>One breach of a rule: where it is, what is wrong and what to do.</summary>
/// <param name="Path">The file, relative to the root.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Fault">What is wrong, as a clause.</param>
/// <param name="Remedy">What to do, as a sentence.</param>
internal sealed record Violation(string Path, int Line, string Fault, string Remedy)
{
    /// <summary>The form editors turn into a link: <c>path:line: fault. Remedy</c>.</summary>
    public override string ToString() => $"{Path}:{Line}: {Fault}. {Remedy}";
}

/// <summary>How a rule reports.</summary>
internal static class Violations
{
    /// <summary>Fails the running test with one line for each violation, if there are any.</summary>
    public static void ShouldBeNone(this IEnumerable<Violation> violations)
    {
        var lines = violations.Select(violation => violation.ToString()).ToList();

        if (lines.Count > 0)
        {
            Assert.Fail(string.Join('\n', lines));
        }
    }
}
