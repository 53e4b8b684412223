using Sync.Posix;

namespace Sync.Confd.Tests.Files;

/// <summary>
/// A test that mounts file systems or gives files away. It is skipped with the reason where this process may not; with
/// <c>CI=true</c> it runs all the same and fails, so that a missing right cannot hide.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    // CAP_SYS_ADMIN, which most containers lack. Source: capabilities(7), proc_pid_status(5).
    private const ulong Administrator = 1UL << 21;

    /// <summary>Marks the test.</summary>
    public RootFactAttribute()
    {
        var runs = Environment.GetEnvironmentVariable("CI") == "true" || (PosixUser.EffectiveId == 0 && MayMount());
        Skip = runs ? null : "needs root with the right to mount";
    }

    private static bool MayMount()
    {
        const string label = "CapEff:";
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(label, StringComparison.Ordinal));
        return (Convert.ToUInt64(line[label.Length..].Trim(), 16) & Administrator) != 0;
    }
}
