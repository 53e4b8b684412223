using System.Text.Json;

namespace Sync.Metad.Auditing;

/// <summary>One line of the audit log.</summary>
/// <param name="Time">When it happened.</param>
/// <param name="Event"><c>denied</c>, or <c>changed</c> for a write of the manage API that was done.</param>
/// <param name="Api"><c>metadata</c> or <c>manage</c>.</param>
/// <param name="Caller">Who it was, as far as it is known.</param>
/// <param name="Peer">The other end of the connection.</param>
/// <param name="Method">The method; null for a connection.</param>
/// <param name="Target">The target as it was sent, cut at 1,024 characters; null for a connection.</param>
/// <param name="Status">The status it was answered with; null for a connection.</param>
/// <param name="Reason">One of <see cref="Denial"/>; null for a change.</param>
internal sealed record AuditRecord(
    DateTimeOffset Time,
    string Event,
    string Api,
    string Caller,
    string Peer,
    string? Method,
    string? Target,
    int? Status,
    string? Reason)
{
    private const int TargetLengthMax = 1024;

    /// <summary>Writes the line: an object without line breaks, whatever a caller sent, and a line feed.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="lost">How many records before this one could not be written.</param>
    public void Write(Stream output, long lost)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("time", Time.UtcDateTime);
        json.WriteString("event", Event);
        json.WriteString("api", Api);
        json.WriteString("caller", Caller);
        json.WriteString("peer", Peer);
        WriteRequest(json);
        if (lost > 0)
        {
            json.WriteNumber("lost_before", lost);
        }

        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    private void WriteRequest(Utf8JsonWriter json)
    {
        if (Method is not null)
        {
            json.WriteString("method", Method);
        }

        if (Target is not null)
        {
            json.WriteString("target", Target.AsSpan(0, Math.Min(Target.Length, TargetLengthMax)));
        }

        if (Status is { } status)
        {
            json.WriteNumber("status", status);
        }

        if (Reason is not null)
        {
            json.WriteString("reason", Reason);
        }
    }
}
