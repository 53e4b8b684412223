using System.Text.Json;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Options;

/// <summary>What an operator's tools see.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Json_logs_are_one_object_a_line_on_standard_error()
    {
        await using var server = await MetadServer.StartAsync("--log_format=json");
        await server.BecomeReadyAsync();
        await server.Process.StopAsync(Deadline.In(TimeSpan.FromSeconds(30)));

        var lines = server.Process.Log.Lines;

        lines.Should().NotBeEmpty();
        lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("Message").GetString())
            .Should().Contain(message => message!.StartsWith("Serves metadata on", StringComparison.Ordinal));
        server.Process.Output.Lines.Should().BeEmpty();
    }
}
