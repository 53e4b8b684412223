using System.Diagnostics;
using System.Globalization;
using Sync.Simulation.Bugs;

namespace Sync.Simulation;

/// <summary>Runs seeds from the command line: <c>FIRST-LAST [BUG]</c>. One line a seed; exit code 1 when one failed.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is ["bugs", var hunts, var seedsMax])
        {
            return HuntBugs(int.Parse(hunts, CultureInfo.InvariantCulture), int.Parse(seedsMax, CultureInfo.InvariantCulture));
        }

        if (arguments is not [var range, ..] || SeedRange.Parse(range) is not { } seeds)
        {
            Console.Error.WriteLine("usage: FIRST-LAST [BUG], such as 1-100 or 7-7 SkipLogSync");
            return 2;
        }

        var bug = arguments.Length > 1 ? Enum.Parse<PlantedBug>(arguments[1]) : PlantedBug.None;
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var failed = 0;
        foreach (var seed in seeds.Seeds)
        {
            var report = SimulationRun.Of(seed, bug);
            Console.WriteLine(report.Summary);
            if (report.Violation is not null)
            {
                failed++;
                Console.WriteLine(report.Failure);
            }
        }

        var spent = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{seeds.Count} seeds, {failed} failed, {spent / seeds.Count:F3} s of CPU a seed"));
        return failed == 0 ? 0 : 1;
    }

    private static int HuntBugs(int hunts, int seedsMax)
    {
        var missed = 0;
        foreach (var bug in BugBank.All)
        {
            var found = BugBank.HuntOften(bug, hunts, seedsMax);
            missed += found.Count(hunt => hunt.Violation is null);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{bug}: median {found[hunts / 2].Seeds}, worst {found[^1].Seeds}, missed {found.Count(hunt => hunt.Violation is null)}; {found[0].Violation}"));
        }

        return missed;
    }
}
