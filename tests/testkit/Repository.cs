namespace Sync.TestKit;

/// <summary>The working copy that the running test was built from.</summary>
public static class Repository
{
    /// <summary>The absolute path of the folder that holds <c>Sync.sln</c>.</summary>
    /// <exception cref="InvalidOperationException">The test does not run from inside a working copy.</exception>
    public static string Root { get; } = Find();

    /// <summary>The absolute path of something in the working copy; nothing is created.</summary>
    /// <param name="parts">Names, outermost first.</param>
    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Sync.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException(
            $"No folder above {AppContext.BaseDirectory} holds Sync.sln; run the tests from the working copy.");
    }
}
