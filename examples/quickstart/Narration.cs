using System.ComponentModel;

namespace Sync.Quickstart;

/// <summary>What the reader sees of the tour.</summary>
internal static class Narration
{
    private static readonly TimeSpan StepMax = TimeSpan.FromMinutes(2);

    /// <summary>Announces a step and takes it.</summary>
    /// <exception cref="TourException">The step failed, or took too long.</exception>
    public static async Task StepAsync(
        string title, Func<CancellationToken, Task> actAsync, CancellationToken cancellationToken)
    {
        Console.WriteLine($"\n{title}");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StepMax);
        try
        {
            await actAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TourException($"it took longer than {StepMax.TotalSeconds:F0} s");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or Win32Exception)
        {
            throw new TourException(fault.Message);
        }
    }

    /// <summary>Prints lines, indented, each behind a mark.</summary>
    public static void Say(string text, string mark = "")
    {
        foreach (var line in text.TrimEnd('\n').Split('\n').Where(line => line.Length > 0))
        {
            Console.WriteLine($"  {mark}{line}");
        }
    }

    /// <summary>Tells why a step failed, with the last lines of every program.</summary>
    public static void Explain(TourException failure, IEnumerable<ChildProgram> programs)
    {
        Console.Error.WriteLine($"\nThe step failed: {failure.Message}");
        foreach (var program in programs)
        {
            Console.Error.WriteLine($"\nThe last lines of {program.Name}:");
            Console.Error.WriteLine(string.Join('\n', program.LastLines.Select(line => "  " + line)));
        }
    }
}
