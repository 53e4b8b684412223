using System.Globalization;

namespace Sync.Benchmarks.Comparing;

/// <summary>Holds figures to the project's goals.</summary>
/// <param name="report">Takes a line for each.</param>
internal sealed class GoalReport(Action<string> report)
{
    /// <summary>Whether every goal so far was met.</summary>
    public bool AreMet { get; private set; } = true;

    /// <summary>Holds a figure to its goal.</summary>
    /// <param name="name">What the figure is, with its unit.</param>
    /// <param name="value">The figure.</param>
    /// <param name="most">The goal: what it may be at the most.</param>
    public void Hold(string name, double value, double most)
    {
        var isMet = value <= most;
        AreMet &= isMet;
        report(string.Create(CultureInfo.InvariantCulture, $"{name}: {value:F2}, goal {most:0.#}: {(isMet ? "met" : "MISSED")}"));
    }
}
