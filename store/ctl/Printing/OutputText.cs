using System.Buffers;
using System.Text;
using Google.Protobuf;
using Sync.Etcd.Api;

namespace Sync.Store.Ctl.Printing;

/// <summary>Text and bytes on their way to standard output, in one piece.</summary>
/// <param name="isHex">Whether bytes are shown in hexadecimal.</param>
internal sealed class OutputText(bool isHex)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Adds text and the end of a line.</summary>
    public void Line(string text) => Raw(Encoding.UTF8.GetBytes(text + "\n"));

    /// <summary>Adds a key or a value and the end of a line.</summary>
    public void Line(ByteString bytes)
    {
        Raw(isHex ? Encoding.ASCII.GetBytes(Hexadecimal(bytes)) : bytes.Span);
        Raw("\n"u8);
    }

    /// <summary>Adds bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    /// <summary>The answer's head; an absent one reads as zeros.</summary>
    public void Header(ResponseHeader? header)
    {
        Field("ClusterID", header?.ClusterId ?? 0);
        Field("MemberID", header?.MemberId ?? 0);
        Field("Revision", header?.Revision ?? 0);
        Field("RaftTerm", header?.RaftTerm ?? 0);
    }

    /// <summary>A pair; each name begins with <paramref name="prefix"/>.</summary>
    public void Pair(string prefix, KeyValue pair)
    {
        Field(prefix + "Key", pair.Key);
        Field(prefix + "CreateRevision", pair.CreateRevision);
        Field(prefix + "ModRevision", pair.ModRevision);
        Field(prefix + "Version", pair.Version);
        Field(prefix + "Value", pair.Value);
        Field(prefix + "Lease", pair.Lease);
    }

    /// <summary>Bytes, quoted.</summary>
    public void Field(string name, ByteString value) =>
        Line($"\"{name}\" : {GoText.Quote(value)}");

    /// <summary>A text, quoted.</summary>
    public void Field(string name, string value) =>
        Line($"\"{name}\" : {GoText.Quote(value)}");

    /// <summary>A statement.</summary>
    public void Field(string name, bool value) =>
        Line($"\"{name}\" : {(value ? "true" : "false")}");

    /// <summary>A number.</summary>
    public void Field<T>(string name, T value)
        where T : struct, IFormattable =>
        Line($"\"{name}\" : {value}");

    /// <summary>Writes all that was added, and forgets it.</summary>
    public async Task FlushAsync(Stream target, CancellationToken cancellation)
    {
        await target.WriteAsync(_bytes.WrittenMemory, cancellation);
        await target.FlushAsync(cancellation);
        _bytes.ResetWrittenCount();
    }

    private static string Hexadecimal(ByteString bytes) =>
        string.Concat(bytes.Select(one => $"\\x{one:x2}"));
}
