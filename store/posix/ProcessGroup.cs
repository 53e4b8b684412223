namespace Sync.Posix;

/// <summary>A signal that one process sends to another.</summary>
/// <remarks>Source: signal(7), the numbers of x86 and ARM.</remarks>
public enum UnixSignal
{
    /// <summary>No signal: only asks whether the target exists.</summary>
    None = 0,

    /// <summary>Reload by custom.</summary>
    Hangup = 1,

    /// <summary>Interrupt, as by Ctrl-C.</summary>
    Interrupt = 2,

    /// <summary>Quit with a core dump.</summary>
    Quit = 3,

    /// <summary>End at once; cannot be caught.</summary>
    Kill = 9,

    /// <summary>First signal without a meaning of its own.</summary>
    User1 = 10,

    /// <summary>Second signal without a meaning of its own.</summary>
    User2 = 12,

    /// <summary>End in good order.</summary>
    Terminate = 15,

    /// <summary>Go on after a stop.</summary>
    Continue = 18,

    /// <summary>Stop; cannot be caught.</summary>
    Stop = 19,

    /// <summary>The window changed; some servers end in good order on it.</summary>
    WindowChange = 28,
}

/// <summary>Sends signals to processes and to whole process groups.</summary>
public static class ProcessGroup
{
    /// <summary>Sends a signal to one process.</summary>
    /// <param name="process">Its id, above 0.</param>
    /// <param name="signal">The signal.</param>
    /// <returns>False when there is no such process.</returns>
    /// <exception cref="PosixException">This user may not signal it.</exception>
    public static bool SignalProcess(int process, UnixSignal signal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(process, 1);
        return Send(process, signal, $"process {process}");
    }

    /// <summary>Sends a signal to every process of a group, grandchildren that stayed in it included.</summary>
    /// <param name="group">The id of the group, which is its first process's, above 1.</param>
    /// <param name="signal">The signal.</param>
    /// <returns>False when no process of the group is left.</returns>
    /// <exception cref="PosixException">This user may signal none of them.</exception>
    public static bool SignalGroup(int group, UnixSignal signal)
    {
        // kill(-1) would reach every process of the user.
        ArgumentOutOfRangeException.ThrowIfLessThan(group, 2);
        return Send(-group, signal, $"process group {group}");
    }

    private static bool Send(int target, UnixSignal signal, string name)
    {
        if (Libc.Kill(target, (int)signal) == 0)
        {
            return true;
        }

        var error = Errno.Last();
        return error == Errno.NoProcess ? false : throw new PosixException("kill", name, error);
    }
}
