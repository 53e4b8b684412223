namespace Sync.Metad.Auditing;

/// <summary>Where lines of the audit log go.</summary>
internal abstract class AuditSink : IDisposable
{
    /// <summary>Opens what a setting names.</summary>
    /// <param name="setting"><c>off</c>, <c>stderr</c> or a file.</param>
    /// <param name="bytesMax">The size at which a file is put aside.</param>
    /// <param name="standardError">The program's standard error.</param>
    /// <returns>Null when nothing is to be written.</returns>
    public static AuditSink? Open(string setting, long bytesMax, Stream standardError) => setting switch
    {
        "off" => null,
        "stderr" => new ToStream(standardError),
        _ => new ToFile(new(setting, bytesMax)),
    };

    /// <summary>Writes a line.</summary>
    /// <param name="line">The line with its line feed.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    public abstract void Append(ReadOnlySpan<byte> line);

    /// <inheritdoc/>
    public abstract void Dispose();

    private sealed class ToStream(Stream output) : AuditSink
    {
        public override void Append(ReadOnlySpan<byte> line)
        {
            output.Write(line);
            output.Flush();
        }

        // The stream is the program's.
        public override void Dispose()
        {
        }
    }

    private sealed class ToFile(AuditFile file) : AuditSink
    {
        public override void Append(ReadOnlySpan<byte> line) => file.Append(line);

        public override void Dispose() => file.Dispose();
    }
}
