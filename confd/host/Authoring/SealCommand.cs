using Sync.Confd.Hosting;
using Sync.Confd.Rendering;

namespace Sync.Confd.Authoring;

/// <summary><c>confd seal FILE</c>: a file's content as a sealed value on standard output.</summary>
internal sealed class SealCommand(Surroundings surroundings)
{
    /// <summary>Runs the command.</summary>
    /// <param name="path">The file of the plain value; a line feed at its end is a part of the value.</param>
    /// <returns>0.</returns>
    /// <exception cref="AuthoringException">No key is named.</exception>
    public int Run(string path)
    {
        var keyFile = AuthoringCommands.SettingsOf(surroundings).Secrets.Key;
        if (keyFile.Length == 0)
        {
            throw new AuthoringException(ExitCodes.Usage, "confd seal needs -secret-key-file");
        }

        surroundings.WriteLine(new SealedValues(keyFile).Seal(File.ReadAllBytes(path)));
        return ExitCodes.Done;
    }
}
