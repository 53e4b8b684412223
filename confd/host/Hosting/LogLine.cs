using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Sync.Confd.Hosting;

/// <summary>
/// Writes a log entry on one line, as confd does: time, host, program and process, level, message; or as a JSON object.
/// </summary>
/// <remarks>Source: confd, <c>log/log.go</c>.</remarks>
internal sealed class LogLine : ConsoleFormatter
{
    /// <summary>The name under which the console logger finds it.</summary>
    public const string FormatterName = "confd";

    private readonly bool _isJson;
    private readonly TimeProvider _clock;
    private readonly string _origin = $"{Environment.MachineName} confd[{Environment.ProcessId}]:";

    /// <summary>Makes the formatter.</summary>
    /// <param name="style">Text or JSON.</param>
    /// <param name="clock">The clock of the time column.</param>
    public LogLine(LogStyle style, TimeProvider clock)
        : base(FormatterName) =>
        (_isJson, _clock) = (style == LogStyle.Json, clock);

    /// <inheritdoc/>
    public override void Write<TState>(
        in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        var text = logEntry.Exception is null ? message : $"{message} {logEntry.Exception}";
        var level = LevelName(logEntry.LogLevel);
        var now = _clock.GetLocalNow();
        var zone = now.Offset == TimeSpan.Zero ? "Z" : now.ToString("zzz", CultureInfo.InvariantCulture);
        var time = now.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + zone;
        textWriter.WriteLine(_isJson ? Json(time, level, text) : $"{time} {_origin} {level} {text.ReplaceLineEndings(" ")}");
    }

    private static string Json(string time, string level, string message)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("time", time);
            writer.WriteString("level", level);
            writer.WriteString("msg", message);
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARNING",
        LogLevel.Error => "ERROR",
        _ => "FATAL",
    };
}

/// <summary>How log lines look.</summary>
internal enum LogStyle
{
    /// <summary>Words with spaces between.</summary>
    Text,

    /// <summary>A JSON object a line.</summary>
    Json,
}
