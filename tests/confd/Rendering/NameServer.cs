using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sync.Confd.Rendering;
using Sync.Templates;
using Sync.TestKit;

namespace Sync.Confd.Tests.Rendering;

/// <summary>A name server on a port of its own that answers every question with the same two records.</summary>
internal sealed class NameServer : IDisposable
{
    private readonly CancellationTokenSource _stopped = CancellationTokenSource.CreateLinkedTokenSource(Deadline.Default);
    private readonly Socket _datagrams = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TcpListener _connections;
    private readonly int _code;
    private readonly bool _answersFit;

    /// <summary>A server.</summary>
    /// <param name="code">The response code; with any but 0 there are no records.</param>
    /// <param name="answersFit">False when datagrams hold no records and say that they are cut short.</param>
    public NameServer(int code = 0, bool answersFit = true)
    {
        (_code, _answersFit) = (code, answersFit);
        _connections = new TcpListener(IPAddress.Loopback, 0);
        _connections.Start();
        _datagrams.Bind(_connections.LocalEndpoint);
        _ = AnswerDatagramsAsync();
        _ = AnswerConnectionsAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)_connections.LocalEndpoint;

    /// <summary>The names that were asked for.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Asks this server.</summary>
    public Task<IReadOnlyList<ServiceRecord>> FindAsync(TimeSpan limit) => FindAsync(limit, this);

    /// <summary>Asks servers in order.</summary>
    public static Task<IReadOnlyList<ServiceRecord>> FindAsync(TimeSpan limit, params NameServer[] servers) =>
        Task.Run(() => new ServiceLookup([.. servers.Select(server => server.Address)], limit).Find("etcd", "tcp", "example.org"));

    public void Dispose()
    {
        _stopped.Cancel();
        _datagrams.Dispose();
        _connections.Dispose();
        _stopped.Dispose();
    }

    private async Task AnswerDatagramsAsync()
    {
        var buffer = new byte[512];
        while (true)
        {
            var received = await _datagrams.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _stopped.Token);
            var answer = AnswerTo(buffer.AsSpan(0, received.ReceivedBytes), isWhole: _answersFit);
            await _datagrams.SendToAsync(answer, SocketFlags.None, received.RemoteEndPoint, _stopped.Token);
        }
    }

    private async Task AnswerConnectionsAsync()
    {
        while (true)
        {
            using var client = await _connections.AcceptTcpClientAsync(_stopped.Token);
            var length = new byte[2];
            await client.GetStream().ReadExactlyAsync(length, _stopped.Token);
            var question = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await client.GetStream().ReadExactlyAsync(question, _stopped.Token);
            var answer = AnswerTo(question, isWhole: true);
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
            await client.GetStream().WriteAsync((byte[])[.. length, .. answer], _stopped.Token);
        }
    }

    // The first target points back into the question.
    private byte[] AnswerTo(ReadOnlySpan<byte> message, bool isWhole)
    {
        var question = message[12..];
        var labels = new List<string>();
        for (var place = 0; question[place] != 0; place += question[place] + 1)
        {
            labels.Add(Encoding.ASCII.GetString(question.Slice(place + 1, question[place])));
        }

        Asked.Enqueue(string.Join('.', labels));
        var hasRecords = isWhole && _code == 0;
        byte[] header =
        [
            message[0], message[1], (byte)(0x81 | (isWhole ? 0 : 2)), (byte)(0x80 | _code),
            0, 1, 0, (byte)(hasRecords ? 2 : 0), 0, 0, 0, 0,
        ];
        byte[] record = [0xC0, 12, 0, 33, 0, 1, 0, 0, 0, 60];
        byte[] records =
        [
            .. record, 0, 10, 0, 10, 0, 5, 0x09, 0x4B, 1, (byte)'a', 0xC0, 23,
            .. record, 0, 9, 0, 20, 0, 0, 0x09, 0x4C, 1, (byte)'b', 0,
        ];
        return [.. header, .. question, .. hasRecords ? records : []];
    }
}
