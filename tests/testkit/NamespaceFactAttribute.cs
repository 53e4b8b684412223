using System.Globalization;
using Xunit;

namespace Sync.TestKit;

/// <summary>
/// A test that makes network namespaces. Skipped with the reason where that is not allowed; with <c>CI=true</c> it runs all
/// the same and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NamespaceFactAttribute : FactAttribute
{
    // CAP_NET_ADMIN and CAP_SYS_ADMIN.
    private const ulong Needed = (1UL << 12) | (1UL << 21);

    /// <summary>Marks a test that needs namespaces and <paramref name="programs"/>.</summary>
    /// <param name="programs">Names of executables, beside <c>ip</c>.</param>
    public NamespaceFactAttribute(params string[] programs) => Skip =
        DebianPrograms.SkipReasonWithoutRoot(["ip", .. programs]) ?? (IsAllowed() || DebianPrograms.IsCi
            ? null
            : "needs the right to make network namespaces (CAP_NET_ADMIN and CAP_SYS_ADMIN)");

    private static bool IsAllowed()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("CapEff:", StringComparison.Ordinal));
        var held = ulong.Parse(line["CapEff:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (held & Needed) == Needed;
    }
}
