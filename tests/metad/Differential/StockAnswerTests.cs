using System.Text.Json;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Differential;

/// <summary>Our program beside the recorded answers of the one it follows.</summary>
public sealed class StockAnswerTests
{
    private const int Requests = 593;

    // Each is told with its reason in the recording.
    private const int Differences = 51;

    private static readonly JsonElement[] Steps =
    [
        .. File.ReadLines(Repository.At("tests", "metad", "Differential", "stock.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement),
    ];

    [Fact]
    public async Task Every_answer_is_that_of_the_original_but_where_a_reason_is_given()
    {
        await using var server = await MetadServer.StartAsync();
        await server.BecomeReadyAsync();

        var faults = new List<string>();
        foreach (var (number, step) in Steps.Index())
        {
            var expected = step.TryGetProperty("sync", out var ours) ? ours : step.GetProperty("stock");
            var answer = await AskAsync(server, step);
            if (Told(answer) != Told(expected))
            {
                faults.Add($"{number}: {step.GetProperty("method")} {step.GetProperty("target")}\n{Told(answer)}\nand not\n{Told(expected)}");
            }
        }

        faults.Should().BeEmpty();
    }

    [Fact]
    public void A_difference_has_its_reason()
    {
        var different = Steps.Where(step => step.TryGetProperty("sync", out _)).ToList();

        Steps.Should().HaveCount(Requests);
        different.Should().HaveCount(Differences).And.OnlyContain(step =>
            step.GetProperty("why").GetString()!.Length > 0 && Told(step.GetProperty("sync")) != Told(step.GetProperty("stock")));
    }

    private static Task<RawAnswer> AskAsync(MetadServer server, JsonElement step) => RawClient.SendAsync(
        step.GetProperty("port").GetString() == "manage" ? server.ManagePort : server.Port,
        step.GetProperty("method").GetString()!,
        step.GetProperty("target").GetString()!,
        step.TryGetProperty("headers", out var headers) ? [.. headers.EnumerateArray().Select(header => header.GetString()!)] : [],
        step.TryGetProperty("body", out var body) ? body.GetString() : null);

    private static string Told(RawAnswer answer) =>
        $"{answer.Status} {answer.Header("content-type")} {answer.Header("location")}\n{answer.Body}";

    private static string Told(JsonElement answer) =>
        $"{answer.GetProperty("status")} {Text(answer, "type")} {Text(answer, "location")}\n{Text(answer, "body")}";

    private static string? Text(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var text) ? text.GetString() : null;
}
