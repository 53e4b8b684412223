using System.Text;
using Sync.Confd.Hosting;
using Sync.TestKit;

namespace Sync.Confd.Tests.Authoring;

/// <summary>confd's commands for authors, run within the test in a folder of their own.</summary>
internal sealed class AuthoringRun : IDisposable
{
    private readonly TempDirectory _folder = new();

    /// <summary>What the last run wrote to standard output.</summary>
    public string Output { get; private set; } = "";

    /// <summary>What the last run wrote to standard error.</summary>
    public string Error { get; private set; } = "";

    /// <summary>A path below the folder.</summary>
    public string At(string name) => _folder.At(name);

    /// <summary>Writes a file below the folder and returns its path.</summary>
    public string Write(string name, string text) => _folder.Write(name, text);

    /// <summary>Runs confd to its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(params string[] words)
    {
        using var bytes = new MemoryStream();
        var (output, error) = (new StringWriter(), new StringWriter());

        var code = await ConfdProgram.RunAsync(words, ProgramSurroundings.OfProcess() with
        {
            Output = output,
            Error = error,
            OpenOutput = () => bytes,
        });

        Output = output + Encoding.UTF8.GetString(bytes.ToArray());
        Error = error.ToString();
        return code;
    }

    public void Dispose() => _folder.Dispose();
}
