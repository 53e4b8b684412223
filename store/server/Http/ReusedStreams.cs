using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Sync.Store.Http;

/// <summary>Mends a fault of Kestrel by which an answer over HTTP/2 is never sent.</summary>
/// <remarks>
/// Kestrel uses the objects of ended streams again. When a client's window update comes while the rest of a long answer
/// is written, the stream may end with its output marked as queued for writing though nothing is in the queue. The mark
/// stays, and nothing of the next answer is ever queued. A request that begins has written nothing: its output is not
/// queued, and one queued twice is written once. A Kestrel without the mark is left alone.
/// Source: github.com/dotnet/aspnetcore, issue 53736; seen in 10.0.12.
/// </remarks>
internal static class ReusedStreams
{
    private const string Kestrel = "Microsoft.AspNetCore.Server.Kestrel.Core";
    private const string StreamType = $"{Kestrel}.Internal.Http.HttpProtocol";
    private const string AnyOutputType = $"{Kestrel}.Internal.Http.IHttpOutputProducer";
    private const string OutputType = $"{Kestrel}.Internal.Http2.Http2OutputProducer";
    private const string MarkName = "_isScheduled";

    private static readonly Assembly Assembly = typeof(KestrelServerOptions).Assembly;
    private static readonly Type? Outputs = Assembly.GetType(OutputType);

    private static readonly bool HasMark =
        Outputs?.GetField(MarkName, BindingFlags.Instance | BindingFlags.NonPublic)?.FieldType == typeof(bool)
        && Assembly.GetType(StreamType)?.GetProperty("Output")?.PropertyType.FullName == AnyOutputType;

    /// <summary>Clears the mark that an earlier answer may have left, before anything is answered.</summary>
    public static Task ClearMarkAsync(HttpContext http, RequestDelegate next)
    {
        // Kestrel's stream is its own feature.
        if (HasMark && http.Features.Get<IHttp2StreamIdFeature>() is { } stream)
        {
            var output = OutputOf(stream);
            if (output.GetType() == Outputs)
            {
                Volatile.Write(ref IsQueued(output), false);
            }
        }

        return next(http);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Output")]
    [return: UnsafeAccessorType($"{AnyOutputType}, {Kestrel}")]
    private static extern object OutputOf([UnsafeAccessorType($"{StreamType}, {Kestrel}")] object stream);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = MarkName)]
    private static extern ref bool IsQueued([UnsafeAccessorType($"{OutputType}, {Kestrel}")] object output);
}
