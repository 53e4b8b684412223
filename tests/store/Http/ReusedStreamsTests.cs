using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Sync.Store.Http;
using Sync.TestKit;

namespace Sync.Store.Tests.Http;

public sealed class ReusedStreamsTests
{
    [Fact]
    public async Task A_stream_that_an_earlier_answer_left_marked_as_queued_answers_all_the_same()
    {
        var port = FreePort.Take();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.ListenLocalhost(port, listen => listen.Protocols = HttpProtocols.Http2));
        await using var app = builder.Build();
        app.Use(MarkAsync);
        app.Use(ReusedStreams.ClearMarkAsync);
        app.Run(http => http.Response.WriteAsync("answered"));
        await app.StartAsync(Deadline.Default);
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20 };
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;

        var answer = await client.GetStringAsync(new Uri($"http://localhost:{port}/"), Deadline.Default);

        answer.Should().Be("answered");
    }

    private static Task MarkAsync(HttpContext http, RequestDelegate next)
    {
        object stream = http.Features.Get<IHttp2StreamIdFeature>()!;
        var output = stream.GetType().GetProperty("Output")!.GetValue(stream)!;
        output.GetType().GetField("_isScheduled", BindingFlags.Instance | BindingFlags.NonPublic)!.SetValue(output, true);
        return next(http);
    }
}
