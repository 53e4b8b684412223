using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Options;

/// <summary>What callers meet between the signal and the program's end.</summary>
public sealed class ShutdownTests
{
    private const int ValueBytes = 100_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Until_the_end_a_request_is_answered_whole_or_not_at_all(bool isKept)
    {
        await using var server = await MetadServer.StartBesideAsync("--default_access=read", "--xff=false");
        await server.BecomeReadyAsync();
        await server.WriteAsync("PUT", "/v1/data/d", $"\"{new string('v', ValueBytes)}\"");
        var answers = new int[4];
        var asking = Enumerable.Range(0, answers.Length)
            .Select(caller => Task.Run(() => AskUntilTheEndAsync(server.Port, isKept, () => answers[caller]++))).ToList();
        await MetadServer.UntilAsync(() => answers.All(count => count > 20) || asking.Exists(one => one.IsCompleted));

        await server.Process.SignalAsync("TERM");

        (await server.Process.ExitCodeAsync(Deadline.In(TimeSpan.FromSeconds(30)))).Should().Be(0);
        (await Task.WhenAll(asking)).Should().AllBe("not answered");
    }

    // Over one connection, or one for each request; tells how the first request ended that was not answered with the value.
    private static async Task<string> AskUntilTheEndAsync(int port, bool isKept, Action count)
    {
        var limit = Deadline.In(TimeSpan.FromSeconds(60));
        try
        {
            while (true)
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, limit);
                do
                {
                    var (answer, isWhole) = await AskAsync(client.GetStream(), limit);
                    if (answer.Length == 0)
                    {
                        return "not answered";
                    }

                    if (!isWhole || !answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
                    {
                        return $"answered in part or wrongly: {answer[..Math.Min(500, answer.Length)]}";
                    }

                    count();
                }
                while (isKept);
            }
        }
        catch (SocketException)
        {
            return "not answered";
        }
    }

    private static async Task<(string Answer, bool IsWhole)> AskAsync(NetworkStream stream, CancellationToken limit)
    {
        var received = new MemoryStream();
        try
        {
            await stream.WriteAsync("GET /d HTTP/1.1\r\nHost: test\r\n\r\n"u8.ToArray(), limit);
            var buffer = new byte[64 * 1024];
            while (await stream.ReadAsync(buffer, limit) is > 0 and var count)
            {
                await received.WriteAsync(buffer.AsMemory(0, count), limit);
                var text = Encoding.ASCII.GetString(received.GetBuffer(), 0, (int)received.Length);
                if (IsWhole(text))
                {
                    return (text, true);
                }
            }
        }
        catch (IOException)
        {
            // The connection was reset.
        }

        return (Encoding.ASCII.GetString(received.ToArray()), false);
    }

    private static bool IsWhole(string text)
    {
        const string Length = "Content-Length: ";
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var at = text.IndexOf(Length, StringComparison.Ordinal);
        return end >= 0 && at >= 0 && at < end && text.Length == end + 4 + int.Parse(
            text[(at + Length.Length)..text.IndexOf("\r\n", at, StringComparison.Ordinal)], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
