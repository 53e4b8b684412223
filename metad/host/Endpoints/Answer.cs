using System.Security.Cryptography;
using Sync.Metad.Model.Formats;

namespace Sync.Metad.Endpoints;

/// <summary>A body ready to be sent, with what the headers must say of it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The value of <c>Content-Type</c> that stock clients know.</param>
/// <param name="Body">The body; never changed once it is here.</param>
internal sealed record Answer(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>The type of errors and of pages that carry no data, whatever the caller accepts.</summary>
    public const string PlainText = "text/plain; charset=utf-8";

    /// <summary>What the router says where it has no route.</summary>
    public static Answer NoRoute { get; } = new(StatusCodes.Status404NotFound, PlainText, "404 page not found\n"u8.ToArray());

    /// <summary>
    /// The entity tag with its quotes: equal for equal bodies on every replica and over restarts. Worked out when it is first
    /// asked for; two threads that ask at once get equal ones.
    /// </summary>
    public string Tag => field ??= TagOf(Body.Span);

    /// <summary>The plain type of the body, which says its form and encoding, errors' too.</summary>
    public string BodyType { get; init; } = ContentType;

    /// <summary>The last name on a page, escaped, when others follow it; else null.</summary>
    public string? Next { get; init; }

    /// <summary>States that the body is an error's.</summary>
    public bool IsError => Status >= StatusCodes.Status400BadRequest;

    /// <summary>A body with data.</summary>
    /// <param name="buffer">The body; copied.</param>
    /// <param name="format">The form that it is in.</param>
    public static Answer Of(ByteBuffer buffer, BodyFormat format)
    {
        var type = TypeOf(format);
        return new(StatusCodes.Status200OK, type == PlainText ? "text/plain" : type, buffer.Written.ToArray()) { BodyType = type };
    }

    /// <summary>States that the caller has this answer already.</summary>
    /// <param name="known">The value of <c>If-None-Match</c>, or a bare tag; null knows nothing.</param>
    public bool IsKnownAs(string? known) => known is not null && !IsError
        && (known == "*" || known.Contains(Tag, StringComparison.Ordinal) || known == Tag.Trim('"'));

    /// <summary>An error.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="message">One sentence.</param>
    /// <param name="format">The form of the body; to stock clients the type stays plain text.</param>
    public static Answer Error(int status, string message, BodyFormat format)
    {
        var buffer = new ByteBuffer();
        StatusFormat.WriteError(buffer, status, message, format);
        return new(status, PlainText, buffer.Written.ToArray()) { BodyType = TypeOf(format) };
    }

    /// <summary>A write was done.</summary>
    /// <param name="format">The form of the body.</param>
    public static Answer Done(BodyFormat format)
    {
        var buffer = new ByteBuffer();
        StatusFormat.WriteDone(buffer, format);
        return Of(buffer, format);
    }

    private static string TypeOf(BodyFormat format) => format switch
    {
        BodyFormat.Json => "application/json",
        BodyFormat.Yaml => "application/yaml",
        _ => PlainText,
    };

    // Sixteen bytes of a digest tell bodies apart; nothing here defends against somebody who wants two to agree.
    private static string TagOf(ReadOnlySpan<byte> body)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, digest);
        return $"\"{Convert.ToHexStringLower(digest[..16])}\"";
    }
}
