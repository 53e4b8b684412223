using Sync.Metad.Files;
using Sync.TestKit;

namespace Sync.Metad.Tests.Running;

/// <summary>Files of secrets that only their owner may read.</summary>
internal static class Secrets
{
    public static string Write(TempDirectory folder, string name, string content)
    {
        var path = folder.Write(name, content);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    public static ReloadedFiles<SecretList> Open(string path) => SecretFile.Open(path, _ => { }, TimeProvider.System);
}
