using Google.Protobuf;
using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Api;
using static Sync.Conformance.Tests.Servers.ConformanceServer;

namespace Sync.Conformance.Tests.Kv;

/// <summary><c>SYNC_NARROW_ANSWERS</c> sets how many answers are asked for; the nightly run uses 200,000.</summary>
[Collection(SharedServers.Name)]
public sealed class NarrowWindowTests(RunningServers servers)
{
    private const int ValueBytes = 300;

    private static int Answers =>
        int.TryParse(Environment.GetEnvironmentVariable("SYNC_NARROW_ANSWERS"), out var answers) ? answers : 3_000;

    [Theory, EachServer]
    public async Task Answers_longer_than_the_clients_window_come_whole_on_one_connection(string program)
    {
        var server = await servers.OfAsync(program);
        await server.PutAsync("narrow", new string('v', ValueBytes));
        var question = new RangeRequest { Key = Text("narrow") }.ToByteArray();
        using var connection = new NarrowConnection(server.Server.ClientUrl);

        for (var number = 0; number < Answers; number++)
        {
            var received = connection.Ask("/etcdserverpb.KV/Range", question, answerBytesMax: 2 * ValueBytes);

            received.Should().BeGreaterThan(ValueBytes, $"question {number} is answered");
        }
    }
}
