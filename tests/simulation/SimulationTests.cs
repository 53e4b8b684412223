using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Sync.Simulation;

public class SimulationTests(ITestOutputHelper output)
{
    // SYNC_SIM_SEEDS=from-to runs those seeds instead, such as 138-138 to replay one or 1-10000 at night.
    private static readonly SeedRange Seeds =
        SeedRange.Parse(Environment.GetEnvironmentVariable("SYNC_SIM_SEEDS")) ?? new SeedRange(1, 300);

    [Fact]
    public void Clusters_keep_every_promise_under_faults_and_work_again_after_them()
    {
        var failures = new ConcurrentBag<RunReport>();
        var (operations, refused, leaders, answers, undecided) = (0, 0, 0, 0, 0);
        var cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;

        // Without a limit the pool begins one more run every second, and holds the memory of all of them.
        var threads = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.ForEach(Seeds.Seeds, threads, (seed, loop) =>
        {
            var report = SimulationRun.Of(seed);
            Interlocked.Add(ref operations, report.Operations - report.Unknown);
            Interlocked.Add(ref refused, report.Refused);
            Interlocked.Add(ref leaders, report.Leaders);
            Interlocked.Add(ref answers, report.WatchAnswers);
            Interlocked.Add(ref undecided, report.Undecided);
            if (report.Violation is not null)
            {
                failures.Add(report);
                loop.Stop();
            }
        });

        var cpu = Process.GetCurrentProcess().TotalProcessorTime - cpuBefore;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Seeds.Count} seeds, {operations / Seeds.Count} operations and {cpu.TotalSeconds / Seeds.Count:F3} s of CPU each"));
        failures.MinBy(report => report.Settings.Seed)?.Failure.Should().BeNull();

        // Runs in which nothing happens, or whose judges give up, would show nothing.
        operations.Should().BeGreaterThan(1000 * Seeds.Count);
        refused.Should().BeGreaterThanOrEqualTo(10 * (Seeds.Count / 10));
        leaders.Should().BeGreaterThanOrEqualTo(2 * Seeds.Count);
        answers.Should().BeGreaterThan(200 * Seeds.Count);
        undecided.Should().BeLessThanOrEqualTo(Seeds.Count / 20);
    }
}
