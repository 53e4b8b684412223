namespace Sync.Confd.Hosting;

/// <summary>The exit codes of confd.</summary>
/// <remarks>Source: confd; a dry run that finds changes and the stop by a second signal are our own.</remarks>
internal static class ExitCodes
{
    /// <summary>Done, or stopped by SIGTERM or SIGINT.</summary>
    public const int Done = 0;

    /// <summary>The configuration is wrong, or in a one-time run a resource failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>A dry run with <c>-detailed-exitcode</c> found something to change.</summary>
    public const int WouldChange = 3;
}
