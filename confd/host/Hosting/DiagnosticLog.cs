using Microsoft.Extensions.Logging;
using Sync.Confd.Plan.Resources;

namespace Sync.Confd.Hosting;

/// <summary>Logs what is wrong with the files an operator wrote.</summary>
internal static partial class DiagnosticLog
{
    /// <summary>One line a diagnostic.</summary>
    public static void Write(ILogger logger, IEnumerable<Diagnostic> diagnostics)
    {
        foreach (var diagnostic in diagnostics)
        {
            if (diagnostic.IsError)
            {
                Fault(logger, diagnostic);
            }
            else
            {
                Warning(logger, diagnostic);
            }
        }
    }

    [LoggerMessage(2211, LogLevel.Error, "{Diagnostic}")]
    private static partial void Fault(ILogger logger, Diagnostic diagnostic);

    [LoggerMessage(2212, LogLevel.Warning, "{Diagnostic}")]
    private static partial void Warning(ILogger logger, Diagnostic diagnostic);
}
