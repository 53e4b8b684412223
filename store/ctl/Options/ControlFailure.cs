namespace Sync.Store.Ctl.Options;

/// <summary>How a command ended, as scripts see it. Source: etcdctl's exit codes.</summary>
internal enum ExitCode
{
    /// <summary>All went well.</summary>
    Done = 0,

    /// <summary>The store refused, or could not be asked.</summary>
    Error = 1,

    /// <summary>No connection or no token could be had.</summary>
    BadConnection = 2,

    /// <summary>What was typed into a command makes no sense.</summary>
    BadInput = 3,

    /// <summary>The command cannot do that, such as an output form it lacks.</summary>
    BadFeature = 4,

    /// <summary>The server ended what was to go on.</summary>
    Interrupted = 5,

    /// <summary>A file could not be read or written.</summary>
    InputOutput = 6,

    /// <summary>The arguments are wrong.</summary>
    BadArguments = 128,
}

/// <summary>A command that cannot go on; the message is for the user's eyes, after <c>Error: </c>.</summary>
internal sealed class ControlFailure(ExitCode exitCode, string message) : Exception(message)
{
    /// <summary>The exit code to end with.</summary>
    public ExitCode ExitCode { get; } = exitCode;

    /// <summary>Arguments that cannot be understood.</summary>
    public static ControlFailure Arguments(string message) => new(ExitCode.BadArguments, message);

    /// <summary>An output form that the command lacks.</summary>
    public static ControlFailure Format(OutputFormat format) =>
        new(ExitCode.BadFeature, $"{format.ToString().ToLowerInvariant()} not supported as output format");
}
