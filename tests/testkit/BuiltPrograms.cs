namespace Sync.TestKit;

/// <summary>Finds the executables of this solution beside the running test, which references their projects.</summary>
public static class BuiltPrograms
{
    /// <summary>The full path of an executable of ours.</summary>
    /// <param name="program">Its name: <c>store</c>, <c>storectl</c>, <c>confd</c> or <c>metad</c>.</param>
    /// <exception cref="InvalidOperationException">The test project does not reference the program's project.</exception>
    public static string Require(string program)
    {
        var path = Path.Combine(AppContext.BaseDirectory, program);

        return File.Exists(path) ? path : throw new InvalidOperationException(
            $"{path} does not exist; add a reference to the project of {program} to the test project.");
    }
}
