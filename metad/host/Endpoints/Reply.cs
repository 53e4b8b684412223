using System.Globalization;
using Sync.Metad.Options;

namespace Sync.Metad.Endpoints;

/// <summary>Sends answers with the headers that every answer has.</summary>
internal sealed class Reply
{
    private const int PieceBytes = 64 * 1024;

    private readonly bool _isCompatible;
    private long _requests;

    /// <summary>Creates it.</summary>
    /// <param name="options">The settings, which say whether types and redirects are those that stock clients know.</param>
    public Reply(MetadOptions options) => _isCompatible = options.IsCompatible;

    /// <summary>The name of the next request, shared by both ports: <c>REQ-1</c>, <c>REQ-2</c>, ….</summary>
    public string NextRequestId() =>
        string.Create(CultureInfo.InvariantCulture, $"REQ-{Interlocked.Increment(ref _requests)}");

    /// <summary>Sends an answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="answer">The answer; a HEAD request gets its headers alone.</param>
    public Task SendAsync(HttpContext context, Answer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        response.ContentType = _isCompatible ? answer.ContentType : answer.BodyType;
        response.ContentLength = answer.Body.Length;
        if (answer.IsError)
        {
            response.Headers.XContentTypeOptions = "nosniff";
        }

        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask
            : answer.Body.Length > PieceBytes ? SendInPiecesAsync(context, answer.Body)
            : response.BodyWriter.WriteAsync(answer.Body, context.RequestAborted).AsTask();
    }

    // A large body goes out as fast as the caller takes it: whole, it would fill the server's buffers once a caller.
    private static async Task SendInPiecesAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        for (var left = body; left.Length > 0; left = left[Math.Min(PieceBytes, left.Length)..])
        {
            await context.Response.BodyWriter.WriteAsync(left[..Math.Min(PieceBytes, left.Length)], context.RequestAborted);
        }
    }

    /// <summary>
    /// Sends a caller on to the clean form of its path. No body. Many clients follow the status that stock clients know by a
    /// GET, whatever they sent; the plain one keeps verb and body.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="location">The clean path.</param>
    public Task RedirectAsync(HttpContext context, string location)
    {
        context.Response.StatusCode = _isCompatible
            ? StatusCodes.Status301MovedPermanently
            : StatusCodes.Status308PermanentRedirect;
        context.Response.Headers.Location = location;
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    /// <summary>Sets the headers that tell which request this is and which version answers it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="requestId">From <see cref="NextRequestId"/>.</param>
    /// <param name="version">The decimal version.</param>
    public static void SetVersion(HttpContext context, string requestId, string version)
    {
        context.Response.Headers["X-Metad-Requestid"] = requestId;
        context.Response.Headers["X-Metad-Version"] = version;
    }
}
