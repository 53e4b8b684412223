using System.Reflection;
using System.Runtime.InteropServices;

namespace Sync.Metad.Hosting;

/// <summary>The four lines of <c>--version</c>.</summary>
internal static class VersionText
{
    /// <summary>Writes them.</summary>
    public static string Write()
    {
        var version = typeof(VersionText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion ?? "unknown";
        var system = OperatingSystem.IsLinux() ? "linux" : RuntimeInformation.OSDescription;
        return $"Metad Version: {version}\nGit Version: none\nRuntime Version: {RuntimeInformation.FrameworkDescription}\n"
            + $"Runtime OS/Arch: {system}/{RuntimeInformation.ProcessArchitecture.ToString().ToUpperInvariant()}\n";
    }
}
