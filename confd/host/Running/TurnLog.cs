using Microsoft.Extensions.Logging;

namespace Sync.Confd.Running;

/// <summary>What happens in a resource's turn, in the words of confd.</summary>
internal static partial class TurnLog
{
    [LoggerMessage(2001, LogLevel.Debug, "Using source template {Template} at revision {Revision}")]
    public static partial void Rendering(ILogger logger, string template, long revision);

    [LoggerMessage(2002, LogLevel.Error, "{Reason}")]
    public static partial void ResourceFailed(ILogger logger, string reason);

    [LoggerMessage(2003, LogLevel.Debug, "Target config {Destination} in sync")]
    public static partial void InSync(ILogger logger, string destination);

    [LoggerMessage(2004, LogLevel.Information, "{Difference}")]
    public static partial void Differs(ILogger logger, string difference);

    [LoggerMessage(2005, LogLevel.Information, "Target config {Destination} out of sync")]
    public static partial void OutOfSync(ILogger logger, string destination);

    [LoggerMessage(2006, LogLevel.Warning, "Noop mode enabled. {Destination} will not be modified")]
    public static partial void Noop(ILogger logger, string destination);

    [LoggerMessage(2007, LogLevel.Information, "Would run {Command}")]
    public static partial void WouldRun(ILogger logger, string command);

    [LoggerMessage(2008, LogLevel.Debug, "Running {Command}")]
    public static partial void Running(ILogger logger, string command);

    [LoggerMessage(2009, LogLevel.Debug, "{Output}")]
    public static partial void CommandOutput(ILogger logger, string output);

    [LoggerMessage(2010, LogLevel.Error, "{Output}")]
    public static partial void FailedCommandOutput(ILogger logger, string output);

    [LoggerMessage(2011, LogLevel.Debug, "Overwriting target config {Destination}")]
    public static partial void Overwriting(ILogger logger, string destination);

    [LoggerMessage(2012, LogLevel.Information,
        "{Destination} cannot be replaced (is it a mount point?), so it was written in place")]
    public static partial void WrittenInPlace(ILogger logger, string destination);

    [LoggerMessage(2013, LogLevel.Information, "Target config {Destination} has been updated")]
    public static partial void Updated(ILogger logger, string destination);

    [LoggerMessage(2014, LogLevel.Error, "Reload {Command} failed: {End}; it is owed and tried again")]
    public static partial void ReloadFailed(ILogger logger, string command, string end);

    [LoggerMessage(2015, LogLevel.Information, "Keeping staged file: {Path}")]
    public static partial void StageKept(ILogger logger, string path);

    [LoggerMessage(2016, LogLevel.Warning, "{Remark}")]
    public static partial void OwnerKept(ILogger logger, string remark);

    [LoggerMessage(2017, LogLevel.Information,
        "Reload of {Destination} put off: the least time between two reloads has not passed")]
    public static partial void ReloadPutOff(ILogger logger, string destination);
}
