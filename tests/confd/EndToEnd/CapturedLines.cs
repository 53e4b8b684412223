using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Sync.TestKit;

namespace Sync.Confd.Tests.EndToEnd;

/// <summary>Collects the lines that a formatter makes of log entries.</summary>
internal sealed class CapturedLines(ConsoleFormatter formatter, CapturedLog log) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(formatter, log, categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
        // It holds nothing.
    }

    private sealed class Logger(ConsoleFormatter lines, CapturedLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            using var line = new StringWriter();
            lines.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), null, line);
            log.Add(line.ToString().TrimEnd('\n'));
        }
    }
}
