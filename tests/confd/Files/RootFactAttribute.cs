using Sync.Posix;

namespace Sync.Confd.Tests.Files;

/// <summary>A test that mounts file systems or gives files away; skipped where this process may not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    // CAP_SYS_ADMIN, which most containers lack. Source: capabilities(7), proc_pid_status(5).
    private const ulong Administrator = 1UL << 21;

    /// <summary>Marks the test.</summary>
    public RootFactAttribute() =>
        Skip = PosixUser.EffectiveId == 0 && MayMount() ? null : "needs root with the right to mount";

    private static bool MayMount()
    {
        const string label = "CapEff:";
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(label, StringComparison.Ordinal));
        return (Convert.ToUInt64(line[label.Length..].Trim(), 16) & Administrator) != 0;
    }
}
