using System.Globalization;
using System.Security.Cryptography;
using System.Text;
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

    /// <summary>The headers of a read that a proxy with a secret signs.</summary>
    public static string[] Sign(string secret, string target, string identity)
    {
        var time = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var nonce = Convert.ToHexString(RandomNumberGenerator.GetBytes(8));
        var message = Encoding.UTF8.GetBytes($"metad-v1\n{time}\n{nonce}\nGET\n{target}\n{identity}");
        var code = Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), message));
        return [$"X-Metad-Identity: {identity}", $"X-Metad-Signature: t={time},n={nonce},v1={code}"];
    }

    public static ReloadedFiles<SecretList> Open(string path) => SecretFile.Open(path, _ => { }, TimeProvider.System);
}
