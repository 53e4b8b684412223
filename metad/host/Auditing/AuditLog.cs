using System.Globalization;
using System.Text;
using System.Threading.Channels;

namespace Sync.Metad.Auditing;

/// <summary>Counts what was denied, and writes it where the operator wants it, without holding a request up.</summary>
/// <remarks>
/// Records wait in a queue of 4,096. One that finds it full, and one that cannot be written, is counted as lost; the
/// next line that is written tells how many were.
/// </remarks>
internal sealed partial class AuditLog : BackgroundService
{
    private const int QueueMax = 4096;

    private readonly Dictionary<string, long[]> _counts = Denial.All.ToDictionary(
        reason => reason, _ => new long[1], StringComparer.Ordinal);

    private readonly Channel<AuditRecord> _queue = Channel.CreateBounded<AuditRecord>(
        new BoundedChannelOptions(QueueMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly AuditSink? _sink;
    private readonly ILogger<AuditLog> _logger;
    private long _lost;
    private long _lostBefore;

    /// <summary>Creates a log.</summary>
    /// <param name="sink">Where lines go; null only counts.</param>
    /// <param name="logger">Told when lines cannot be written.</param>
    public AuditLog(AuditSink? sink, ILogger<AuditLog> logger)
    {
        _sink = sink;
        _logger = logger;
    }

    /// <summary>How many records were not written.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Counts a record and has it written.</summary>
    /// <param name="record">What happened.</param>
    public void Add(AuditRecord record)
    {
        if (record.Reason is { } reason)
        {
            Interlocked.Increment(ref _counts[reason][0]);
        }

        if (_sink is not null && !_queue.Writer.TryWrite(record))
        {
            Lose();
        }
    }

    /// <summary>Writes the figures in Prometheus's text form.</summary>
    public string WriteMetrics()
    {
        var text = new StringBuilder("# HELP metad_denied_total Requests and connections that were refused, by reason.\n")
            .Append("# TYPE metad_denied_total counter\n");
        foreach (var reason in Denial.All)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"metad_denied_total{{reason=\"{reason}\"}} {Interlocked.Read(ref _counts[reason][0])}\n");
        }

        return text.Append("# HELP metad_audit_lost_total Records of the audit log that were not written.\n")
            .Append("# TYPE metad_audit_lost_total counter\n")
            .Append(CultureInfo.InvariantCulture, $"metad_audit_lost_total {Lost}\n").ToString();
    }

    /// <summary>Takes no more records, and writes those that are there.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        if (ExecuteTask is { } writing)
        {
            // Stopping a service ends it at once: what waits would be lost. How the writing ended, or that it did not in
            // time, is no reason not to stop the rest.
            await writing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _sink?.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not the host's token: what was denied before the end is written before the end.
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (_queue.Reader.TryRead(out var record))
            {
                Write(record);
            }
        }
    }

    private void Write(AuditRecord record)
    {
        var lost = Interlocked.Exchange(ref _lostBefore, 0);
        try
        {
            using var line = new MemoryStream();
            record.Write(line, lost);
            _sink?.Append(line.GetBuffer().AsSpan(0, (int)line.Length));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Interlocked.Add(ref _lostBefore, lost);
            if (Lose() == 1)
            {
                Log.Lost(_logger, exception.Message);
            }
        }
    }

    private long Lose()
    {
        Interlocked.Increment(ref _lostBefore);
        return Interlocked.Increment(ref _lost);
    }

    private static partial class Log
    {
        [LoggerMessage(3050, LogLevel.Error, "A record of the audit log could not be written, others may follow: {Problem}")]
        public static partial void Lost(ILogger logger, string problem);
    }
}
