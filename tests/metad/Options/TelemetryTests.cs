using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Options;

/// <summary>What an operator's tools see: JSON lines, figures by route, metrics and traces over OTLP.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Json_logs_are_one_object_a_line_on_standard_error()
    {
        await using var server = await MetadServer.StartBesideAsync("--log_format=json");
        await server.BecomeReadyAsync();
        await server.Process.StopAsync(Deadline.In(TimeSpan.FromSeconds(30)));

        var lines = server.Process.Log.Lines;

        lines.Should().NotBeEmpty();
        lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("Message").GetString())
            .Should().Contain(message => message!.StartsWith("Serves metadata on", StringComparison.Ordinal));
        server.Process.Output.Lines.Should().BeEmpty();
    }

    [Fact]
    public async Task Requests_are_counted_by_route_and_status()
    {
        await using var server = await MetadServer.StartAsync();
        await server.BecomeReadyAsync();
        await server.WriteAsync("PUT", "/v1/data", """{"a":"1","b":"2"}""");
        await server.WriteAsync("PUT", "/v1/mapping", """{"10.0.0.1":{"n":"/a"}}""");
        await server.GetAsync("/self", "10.0.0.1");
        await server.GetAsync("/self/none", "10.0.0.1");
        await server.GetAsync("/a", "10.0.0.9");
        await server.GetAsync("/a//b", "10.0.0.1");

        var metrics = (await server.ManageAsync("GET", "/metrics")).Body;

        metrics.Should().ContainAll(
            "\nmetad_requests_total{route=\"self\",status=\"200\"} 1\n",
            "\nmetad_requests_total{route=\"self\",status=\"404\"} 1\n",
            "\nmetad_requests_total{route=\"data\",status=\"404\"} 1\n",
            "\nmetad_requests_total{route=\"data\",status=\"301\"} 1\n",
            "\nmetad_request_duration_seconds_bucket{le=\"+Inf\"} ",
            "\nmetad_values 2\n", "\nmetad_mappings 1\n", "\nmetad_stale_seconds 0\n");
    }

    [Fact]
    public async Task Metrics_and_traces_go_where_the_operator_says()
    {
        var port = FreePort.Take();
        using var collector = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
        collector.Start();
        var received = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var collecting = CollectAsync(collector, received);
        await using (var server = await MetadServer.StartBesideAsync($"--otlp_endpoint=http://127.0.0.1:{port}"))
        {
            await server.BecomeReadyAsync();
            await server.GetAsync("/self", "10.0.0.1");

            // What has been gathered is sent at the end at the latest.
            await server.Process.StopAsync(Deadline.In(TimeSpan.FromSeconds(60)));
        }

        collector.Stop();
        await collecting;
        received.Keys.Should().Contain(["/v1/metrics", "/v1/traces"]);
        received["/v1/metrics"].Should().Contain("metad.requests").And.Contain("metad.revision");
        received["/v1/traces"].Should().Contain("/self").And.Contain("service.name");
    }

    private static async Task CollectAsync(HttpListener collector, ConcurrentDictionary<string, string> received)
    {
        while (await NextAsync(collector) is { } context)
        {
            using var reader = new StreamReader(context.Request.InputStream, Encoding.Latin1);
            var body = await reader.ReadToEndAsync();
            received.AddOrUpdate(context.Request.Url!.AbsolutePath, body, (_, before) => before + body);
            try
            {
                context.Response.Close();
            }
            catch (HttpListenerException)
            {
                // The sender did not wait for the answer; what it sent is here.
            }
        }
    }

    // Null once the collector was stopped.
    private static async Task<HttpListenerContext?> NextAsync(HttpListener collector)
    {
        try
        {
            return await collector.GetContextAsync();
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            return null;
        }
    }
}
