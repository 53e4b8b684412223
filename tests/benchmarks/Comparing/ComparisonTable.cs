using System.Globalization;
using System.Text;

namespace Sync.Benchmarks.Comparing;

/// <summary>The result as a table: for each load, ours, theirs, and the ratio.</summary>
internal static class ComparisonTable
{
    private static readonly CompositeFormat Columns =
        CompositeFormat.Parse("{0,-19} {1,7} {2,-7} {3,10} {4,9} {5,9} {6,10} {7,10} {8,8}  {9}");

    /// <summary>The table's lines, headings first.</summary>
    public static IEnumerable<string> Lines(IEnumerable<ComparisonRow> rows) =>
    [
        Line("load", "clients", "server", "per second", "p50 ms", "p99 ms", "CPU us/op", "generator", "RSS MB", ""),
        .. rows.SelectMany(Lines),
    ];

    private static IEnumerable<string> Lines(ComparisonRow row) =>
    [
        Figures(row.Workload, row.Clients.ToString(CultureInfo.InvariantCulture), "ours", row.Ours, "F1", ""),
        Figures("", "", "theirs", row.Theirs, "F1", ""),
        Figures("", "", "ratio", row.Ratio, "F2", Goal(row)),
    ];

    private static string Goal(ComparisonRow row) => row.CpuGoal is not { } goal ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"CPU goal {goal:F2}: {(row.MissesGoal ? "missed" : "met")}");

    private static string Figures(
        string load, string clients, string server, Measurement figures, string format, string remark)
    {
        return Line(
            load, clients, server, Text(figures.OperationsPerSecond, format == "F1" ? "F0" : format),
            Text(figures.MedianMilliseconds, "F2"), Text(figures.P99Milliseconds, "F2"),
            Text(figures.CpuMicroseconds, format), Text(figures.GeneratorMicroseconds, format),
            Text(figures.ResidentMegabytes, format == "F1" ? "F0" : format), remark);

        static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
    }

    private static string Line(params object[] cells) =>
        string.Format(CultureInfo.InvariantCulture, Columns, cells).TrimEnd();
}
