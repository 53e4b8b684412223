using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Sync.Benchmarks.Metadata;

/// <summary>Kestrel with one fixed answer and nothing else: what metad cannot be cheaper than.</summary>
internal static class BareServer
{
    /// <summary>Runs until the process is asked to end.</summary>
    /// <param name="port">A port of loopback.</param>
    /// <param name="bodyBytes">The length of the answer.</param>
    public static async Task<int> RunAsync(int port, int bodyBytes)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port, listener => listener.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        await using (app)
        {
            ReadOnlyMemory<byte> body = Enumerable.Repeat((byte)'x', bodyBytes).ToArray();
            app.Run(async context =>
            {
                context.Response.ContentType = "text/plain";
                context.Response.ContentLength = body.Length;
                await context.Response.BodyWriter.WriteAsync(body);
            });
            await app.RunAsync();
        }

        return 0;
    }
}
