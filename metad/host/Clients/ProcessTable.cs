using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Sync.Metad.Model.Clients;

namespace Sync.Metad.Clients;

/// <summary>What the kernel tells of processes, in <c>/proc</c>.</summary>
internal sealed class ProcessTable
{
    // Of the words behind the name in brackets, which may itself hold blanks and brackets.
    private const int StartWord = 19;

    private readonly string _folder;

    /// <summary>Reads a folder.</summary>
    /// <param name="folder"><c>/proc</c>, or one that looks like it.</param>
    public ProcessTable(string folder = "/proc") => _folder = folder;

    /// <summary>When a process started.</summary>
    /// <param name="process">Its number.</param>
    /// <returns>Clock ticks since the machine's start; null when there is no such process.</returns>
    public long? StartOf(int process)
    {
        var stat = Read(process, "stat");
        var words = stat?[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words?.Length > StartWord
            && long.TryParse(words[StartWord], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            ? ticks
            : null;
    }

    /// <summary>The control group of a process.</summary>
    /// <param name="process">Its number.</param>
    /// <returns>An absolute path; null when the process is gone, or in no group of its own.</returns>
    public string? ControlGroupOf(int process) =>
        Read(process, "cgroup") is { } text ? ControlGroup.PathOf(text) : null;

    /// <summary>The process that a descriptor pins.</summary>
    /// <param name="pinned">A descriptor of a process, open in this one.</param>
    /// <returns>Its number; null once it is gone, when the number may be another's.</returns>
    public static int? ProcessBehind(SafeFileHandle pinned)
    {
        var line = ReadFile($"/proc/self/fdinfo/{pinned.DangerousGetHandle()}")?.Split('\n')
            .FirstOrDefault(line => line.StartsWith("Pid:", StringComparison.Ordinal));
        return int.TryParse(line?["Pid:".Length..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            && process > 0
            ? process
            : null;
    }

    private string? Read(int process, string file) =>
        ReadFile(string.Create(CultureInfo.InvariantCulture, $"{_folder}/{process}/{file}"));

    private static string? ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
