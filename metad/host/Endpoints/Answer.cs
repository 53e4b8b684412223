using Sync.Metad.Model.Formats;

namespace Sync.Metad.Endpoints;

/// <summary>A body ready to be sent, with what the headers must say of it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The value of <c>Content-Type</c>.</param>
/// <param name="Body">The body; never changed once it is here.</param>
internal sealed record Answer(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>The type of errors and of pages that carry no data, whatever the caller accepts.</summary>
    public const string PlainText = "text/plain; charset=utf-8";

    /// <summary>What the router says where it has no route.</summary>
    public static Answer NoRoute { get; } = new(StatusCodes.Status404NotFound, PlainText, "404 page not found\n"u8.ToArray());

    /// <summary>States that the body is an error's.</summary>
    public bool IsError => Status >= StatusCodes.Status400BadRequest;

    /// <summary>A body with data.</summary>
    /// <param name="buffer">The body; copied.</param>
    /// <param name="format">The form that it is in.</param>
    public static Answer Of(ByteBuffer buffer, BodyFormat format) => new(
        StatusCodes.Status200OK,
        format switch
        {
            BodyFormat.Json => "application/json",
            BodyFormat.Yaml => "application/yaml",
            _ => "text/plain",
        },
        buffer.Written.ToArray());

    /// <summary>An error.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="message">One sentence.</param>
    /// <param name="format">The form of the body; the type stays plain text.</param>
    public static Answer Error(int status, string message, BodyFormat format)
    {
        var buffer = new ByteBuffer();
        StatusFormat.WriteError(buffer, status, message, format);
        return new(status, PlainText, buffer.Written.ToArray());
    }

    /// <summary>A write was done.</summary>
    /// <param name="format">The form of the body.</param>
    public static Answer Done(BodyFormat format)
    {
        var buffer = new ByteBuffer();
        StatusFormat.WriteDone(buffer, format);
        return Of(buffer, format);
    }
}
