using Xunit;

namespace Sync.TestKit;

/// <summary>
/// A test that needs a program of a Debian package. It is skipped with the reason when the program is
/// missing; with <c>CI=true</c> it runs all the same and fails, so that a missing package cannot hide.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DebianFactAttribute : FactAttribute
{
    /// <summary>Marks a test that needs <paramref name="programs"/>.</summary>
    /// <param name="programs">Names of executables, such as <c>etcd</c> or <c>nginx</c>.</param>
    public DebianFactAttribute(params string[] programs)
    {
        Programs = programs;
        Skip = DebianPrograms.SkipReason(programs);
    }

    /// <summary>The executables that the test needs.</summary>
    public IReadOnlyList<string> Programs { get; }
}
