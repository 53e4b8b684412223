using System.Globalization;
using System.Net.Http.Headers;
using Sync.TestKit;

namespace Sync.Metad.Tests.Running;

/// <summary>One server-sent event.</summary>
internal sealed record ReceivedEvent(string Name, string? Id, string Data);

/// <summary>Reads a stream of events as a browser does.</summary>
internal sealed class EventReader : IDisposable
{
    private readonly HttpClient _http;
    private readonly HttpResponseMessage _answer;
    private readonly StreamReader _lines;

    private EventReader(HttpClient http, HttpResponseMessage answer, Stream stream)
    {
        (_http, _answer, _lines) = (http, answer, new(stream));
    }

    public HttpResponseMessage Answer => _answer;

    public static async Task<EventReader> OpenAsync(MetadServer server, string path, string client, long? lastEvent = null)
    {
        var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{server.Port}{path}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.Add("X-Forwarded-For", client);
        if (lastEvent is { } id)
        {
            request.Headers.Add("Last-Event-ID", id.ToString(CultureInfo.InvariantCulture));
        }

        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Limit);
        return new(http, answer, await answer.Content.ReadAsStreamAsync(Limit));
    }

    /// <summary>The next event; null at the end of the stream.</summary>
    public async Task<ReceivedEvent?> NextAsync()
    {
        var (name, id, data) = ("", (string?)null, "");
        while (await _lines.ReadLineAsync(Limit) is { } line)
        {
            switch (line.Split(": ", 2))
            {
                case ["event", var value]:
                    name = value;
                    break;
                case ["id", var value]:
                    id = value;
                    break;
                case ["data", var value]:
                    data = value;
                    break;
                case [""] when name.Length > 0:
                    return new(name, id, data);
                case [""]:
                    // A block without an event says where to come back to.
                    id = null;
                    break;
            }
        }

        return null;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _answer.Dispose();
        _http.Dispose();
    }

    private static CancellationToken Limit => Deadline.In(TimeSpan.FromSeconds(60));
}
