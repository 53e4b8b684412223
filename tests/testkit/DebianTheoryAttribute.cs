using Xunit;

namespace Sync.TestKit;

/// <summary>The theory of <see cref="DebianFactAttribute"/>: skipped with the reason, failing in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DebianTheoryAttribute : TheoryAttribute
{
    /// <summary>Marks a theory that needs <paramref name="programs"/>.</summary>
    /// <param name="programs">Names of executables, such as <c>etcd</c> or <c>nginx</c>.</param>
    public DebianTheoryAttribute(params string[] programs)
    {
        Programs = programs;
        Skip = DebianPrograms.SkipReason(programs);
    }

    /// <summary>The executables that the test needs.</summary>
    public IReadOnlyList<string> Programs { get; }
}
