namespace Sync.Raft.Tests.Cluster;

/// <summary>
/// Assertions that are made millions of times: their text is put together only when they fail.
/// </summary>
internal static class Expect
{
    public static void That(bool condition, Func<string> expectation)
    {
        if (!condition)
        {
            Assert.Fail(expectation());
        }
    }
}
