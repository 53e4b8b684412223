using System.Globalization;

namespace Sync.Benchmarks.Comparing;

/// <summary>What a process has used, over all its threads, as the kernel counts it.</summary>
/// <param name="Cpu">User and system time since the start, in steps of 10 ms.</param>
/// <param name="ResidentBytes">Memory that is in RAM now.</param>
internal sealed record ProcessUsage(TimeSpan Cpu, long ResidentBytes)
{
    // The kernel reports in ticks of 1/100 s and pages of 4 KiB on every machine that Debian supports here.
    private const int TicksPerSecond = 100;
    private const int PageBytes = 4096;

    /// <summary>Reads the usage of a running process.</summary>
    /// <remarks>Source: proc(5), /proc/PID/stat fields 14 (utime), 15 (stime) and 24 (rss).</remarks>
    public static ProcessUsage Of(int processId)
    {
        var stat = File.ReadAllText($"/proc/{processId}/stat");

        // The name in brackets may hold spaces, so fields are counted behind it, from field 3 on.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = Number(fields[14 - 3]) + Number(fields[15 - 3]);

        return new ProcessUsage(
            TimeSpan.FromSeconds((double)ticks / TicksPerSecond), Number(fields[24 - 3]) * PageBytes);
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
