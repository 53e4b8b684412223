namespace Sync.TestKit;

/// <summary>
/// Finds the executables of this solution in the running test's output: in <c>programs/NAME</c>, where a
/// <c>SyncProgram</c> of the test project comes, or beside the test, where a plain reference comes.
/// </summary>
public static class BuiltPrograms
{
    /// <summary>The full path of an executable of ours.</summary>
    /// <param name="program">Its name: <c>store</c>, <c>storectl</c>, <c>confd</c> or <c>metad</c>.</param>
    /// <exception cref="InvalidOperationException">The test project does not reference the program's project.</exception>
    public static string Require(string program)
    {
        var ownFolder = Path.Combine(AppContext.BaseDirectory, "programs", program, program);
        var beside = Path.Combine(AppContext.BaseDirectory, program);

        return new[] { ownFolder, beside }.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException(
            $"{ownFolder} does not exist; add the project of {program} to the test project as a SyncProgram.");
    }
}
