using System.Net;
using System.Net.Sockets;
using System.Text;
using Sync.Confd.Rendering;
using Sync.Templates;
using Sync.TestKit;

namespace Sync.Confd.Tests.Rendering;

public sealed class ServiceLookupTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Records_come_from_the_name_server_with_their_final_dot()
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var asked = AnswerAsync(server, Deadline.Default);

        var records = await Task.Run(() => new ServiceLookup([(IPEndPoint)server.LocalEndPoint!], Limit).Find("etcd", "tcp", "example.org"));

        (await asked).Should().Be("_etcd._tcp.example.org");
        records.Should().Equal(new ServiceRecord("a.example.org.", 2379, 10, 5), new ServiceRecord("b.", 2380, 20, 0));
    }

    [Fact]
    public void No_server_no_answer_and_no_name_give_no_records()
    {
        new ServiceLookup([], Limit).Find("", "", "example.org").Should().BeEmpty();
        new ServiceLookup([new IPEndPoint(IPAddress.Loopback, 9)], TimeSpan.FromMilliseconds(50)).Find("", "", "x").Should().BeEmpty();
        new ServiceLookup([new IPEndPoint(IPAddress.Loopback, 9)], Limit).Find("", "", "").Should().BeEmpty();
    }

    // Answers one question with two records; the first target points back into the question.
    private static async Task<string> AnswerAsync(Socket server, CancellationToken limit)
    {
        var buffer = new byte[512];
        var received = await server.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), limit);
        var question = buffer[12..received.ReceivedBytes];
        var labels = new List<string>();
        for (var place = 0; question[place] != 0; place += question[place] + 1)
        {
            labels.Add(Encoding.ASCII.GetString(question, place + 1, question[place]));
        }

        byte[] record = [0xC0, 12, 0, 33, 0, 1, 0, 0, 0, 60];
        byte[] answer =
        [
            buffer[0], buffer[1], 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0, .. question,
            .. record, 0, 10, 0, 10, 0, 5, 0x09, 0x4B, 1, (byte)'a', 0xC0, 23,
            .. record, 0, 9, 0, 20, 0, 0, 0x09, 0x4C, 1, (byte)'b', 0,
        ];
        await server.SendToAsync(answer, SocketFlags.None, received.RemoteEndPoint, limit);
        return string.Join('.', labels);
    }
}
