using Xunit;

namespace Sync.TestKit;

/// <summary>
/// A test that only root can run, with programs of Debian packages. Skipped with the reason where that is not so; with
/// <c>CI=true</c> it runs all the same and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    /// <summary>Marks a test that needs root and <paramref name="programs"/>.</summary>
    /// <param name="programs">Names of executables, such as <c>ip</c>.</param>
    public RootFactAttribute(params string[] programs) => Skip = DebianPrograms.SkipReasonWithoutRoot(programs);
}
