namespace Sync.Metad.Model.Clients;

/// <summary>Reads what the kernel says of a process's control group, and which container that group is.</summary>
public static class ControlGroup
{
    private const int ContainerDigits = 64;

    // Version 1 has a hierarchy for each controller; those that managers of services and containers fill come first.
    private static readonly string[] Hierarchies = ["", "name=systemd", "pids", "memory", "devices"];

    private static readonly string[] ScopePrefixes = ["docker-", "cri-containerd-", "crio-", "libpod-"];

    /// <summary>The path of a process's group.</summary>
    /// <param name="procText">The content of <c>/proc/PID/cgroup</c>: lines of hierarchy, controllers and path.</param>
    /// <returns>
    /// An absolute path below the root; null when the process is in no group but the root, or in one that this
    /// program cannot see whole.
    /// </returns>
    public static string? PathOf(string procText)
    {
        var lines = procText.Split('\n').Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3).ToList();
        var paths =
            from hierarchy in Hierarchies
            from line in lines
            where line[1] == hierarchy && line[2].Length > 1
            select line[2];
        return paths.FirstOrDefault() is { } path && path.StartsWith('/') && !path.Contains("/..", StringComparison.Ordinal)
            && !path.EndsWith(" (deleted)", StringComparison.Ordinal)
            ? path
            : null;
    }

    /// <summary>The container that a group belongs to.</summary>
    /// <param name="path">An absolute path, from <see cref="PathOf"/>.</param>
    /// <returns>64 hexadecimal digits; null when the group is no container's.</returns>
    /// <remarks>
    /// Only groups count that nobody but a runtime makes: those at the places of Docker, Podman and the kubelet, and of
    /// them the outermost. Users, services and containers may make groups below their own and name them as they like.
    /// </remarks>
    public static string? ContainerOf(string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries).AsSpan();
        if (segments is [var top, ..] && top is "kubelet" or "kubelet.slice")
        {
            segments = segments[1..];
        }

        return segments switch
        {
            ["docker", var name, ..] => Digits(name),
            ["system.slice" or "machine.slice", var name, ..] => OfScope(name),
            [var name, ..] when IsKubelets(name) => BelowKubelet(segments),
            _ => null,
        };
    }

    private static string? BelowKubelet(ReadOnlySpan<string> segments)
    {
        foreach (var segment in segments)
        {
            if (!IsKubelets(segment))
            {
                return Digits(segment) ?? OfScope(segment);
            }
        }

        return null;
    }

    private static bool IsKubelets(string name) =>
        name is "burstable" or "besteffort" || name.StartsWith("kubepods", StringComparison.Ordinal)
        || name.StartsWith("pod", StringComparison.Ordinal);

    private static string? OfScope(string name)
    {
        foreach (var prefix in ScopePrefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(".scope", StringComparison.Ordinal))
            {
                return Digits(name[prefix.Length..^".scope".Length]);
            }
        }

        return null;
    }

    private static string? Digits(string text) =>
        text.Length == ContainerDigits && text.All(char.IsAsciiHexDigitLower) ? text : null;
}
