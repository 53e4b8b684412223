namespace Sync.TestKit;

/// <summary>Finds the programs of Debian packages that tests use as real peers.</summary>
public static class DebianPrograms
{
    // Several of these live in /usr/sbin, which a user's PATH may lack.
    private static readonly string[] Folders =
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/sbin"];

    private static readonly Dictionary<string, string> PackageOf = new(StringComparer.Ordinal)
    {
        ["etcd"] = "etcd-server",
        ["etcdctl"] = "etcd-client",
        ["haproxy"] = "haproxy",
        ["nginx"] = "nginx-light",
        ["ip"] = "iproute2",
        ["nft"] = "nftables",
        ["setpriv"] = "util-linux",
        ["strace"] = "strace",
        ["systemd-analyze"] = "systemd",
        ["unshare"] = "util-linux",
    };

    /// <summary>The full path of a program.</summary>
    /// <param name="program">An executable's name, without a folder.</param>
    /// <returns>The path, or null when the program is not installed.</returns>
    public static string? Find(string program) =>
        Folders.Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    /// <summary>The full path of a program that the test declared it needs.</summary>
    /// <param name="program">An executable's name, without a folder.</param>
    /// <exception cref="InvalidOperationException">The program is not installed.</exception>
    public static string Require(string program) =>
        Find(program) ?? throw new InvalidOperationException(MissingText([program]));

    /// <summary>Why a test that needs <paramref name="programs"/> cannot run here.</summary>
    /// <returns>Null when all are installed, and always null when <c>CI=true</c>.</returns>
    public static string? SkipReason(IReadOnlyCollection<string> programs)
    {
        var missing = programs.Where(program => Find(program) is null).ToList();

        return missing.Count == 0 || IsCi ? null : MissingText(missing);
    }

    /// <summary>Why a test that needs root and <paramref name="programs"/> cannot run here.</summary>
    /// <returns>Null when this is root and all are installed, and always null when <c>CI=true</c>.</returns>
    public static string? SkipReasonWithoutRoot(IReadOnlyCollection<string> programs) =>
        SkipReason(programs) ?? (Environment.IsPrivilegedProcess || IsCi ? null : "needs root");

    /// <summary>Whether nothing may be skipped.</summary>
    internal static bool IsCi => Environment.GetEnvironmentVariable("CI") == "true";

    private static string MissingText(IEnumerable<string> missing) =>
        "needs " + string.Join(", ", missing.Select(program =>
            $"{program} (apt-get install {PackageOf.GetValueOrDefault(program, program)})"));
}
