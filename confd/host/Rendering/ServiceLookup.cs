using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sync.Templates;

namespace Sync.Confd.Rendering;

/// <summary>Looks up SRV records, which the base library cannot.</summary>
/// <param name="servers">The name servers, asked in order.</param>
/// <param name="attemptLimit">The limit of one question to one server.</param>
/// <remarks>
/// Source: RFC 1035 section 4 (messages, and their length over TCP), RFC 2782 (SRV); resolv.conf(5) for the servers.
/// </remarks>
internal sealed class ServiceLookup(IReadOnlyList<IPEndPoint> servers, TimeSpan attemptLimit)
{
    private const int ServiceType = 33;
    private const int DatagramBytesMax = 4096;
    private const int HeaderBytes = 12;
    private const int NameJumpsMax = 64;
    private const int NoError = 0;
    private const int NoSuchName = 3;
    private const int AnswerBit = 0x80;
    private const int TruncatedBit = 0x02;

    /// <summary>The lookup that <c>/etc/resolv.conf</c> describes.</summary>
    public static ServiceLookup OfMachine { get; } = new(ServersOf("/etc/resolv.conf"), TimeSpan.FromSeconds(2));

    /// <summary>Finds the records of <c>_service._proto.name</c>, or of the name itself when both are empty.</summary>
    /// <returns>In no order; empty when there are none or no server answers.</returns>
    /// <exception cref="IOException">No server gave the records or said that there are none, and one refused.</exception>
    public IReadOnlyList<ServiceRecord> Find(string service, string protocol, string name)
    {
        var whole = service.Length == 0 && protocol.Length == 0 ? name : $"_{service}._{protocol}.{name}";
        if (Question(whole.TrimEnd('.')) is not { } question)
        {
            return [];
        }

        var refusal = "";
        foreach (var server in servers)
        {
            if (Ask(server, question) is not { } answer)
            {
                continue;
            }

            var code = answer[3] & 0x0F;
            if (code is NoError or NoSuchName)
            {
                return Records(answer);
            }

            refusal = $"lookup {whole} on {server}: {NameOf(code)}";
        }

        return refusal.Length == 0 ? [] : throw new IOException(refusal);
    }

    private static string NameOf(int code) => code switch
    {
        1 => "the server finds the question malformed",
        2 => "the server failed",
        4 => "the server does not know such questions",
        5 => "the server refused",
        _ => $"the server answered with code {code}",
    };

    private static IPEndPoint[] ServersOf(string path) =>
        [.. (File.Exists(path) ? File.ReadAllLines(path) : [])
            .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["nameserver", _, ..])
            .Select(words => IPAddress.TryParse(words[1], out var address) ? new IPEndPoint(address, 53) : null)
            .OfType<IPEndPoint>()];

    // A datagram, and when the answer does not fit one, a connection.
    private byte[]? Ask(IPEndPoint server, byte[] question)
    {
        try
        {
            var answer = AskByDatagram(server, question);
            return answer is not null && (answer[2] & TruncatedBit) != 0 ? AskByConnection(server, question) : answer;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private byte[]? AskByDatagram(IPEndPoint server, byte[] question)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.ReceiveTimeout = LimitMilliseconds;
        socket.Connect(server);
        socket.Send(question);
        var answer = new byte[DatagramBytesMax];
        var length = socket.Receive(answer);
        return Answers(answer.AsSpan(0, length), question) ? answer[..length] : null;
    }

    private byte[]? AskByConnection(IPEndPoint server, byte[] question)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (!TryConnect(socket, server))
        {
            return null;
        }

        (socket.SendTimeout, socket.ReceiveTimeout) = (LimitMilliseconds, LimitMilliseconds);
        var lengthBytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(lengthBytes, (ushort)question.Length);
        socket.Send([.. lengthBytes, .. question]);
        if (!TryReceive(socket, lengthBytes))
        {
            return null;
        }

        var answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(lengthBytes)];
        return TryReceive(socket, answer) && Answers(answer, question) ? answer : null;
    }

    // A socket that does not block is the only one whose connecting has a limit.
    private bool TryConnect(Socket socket, IPEndPoint server)
    {
        socket.Blocking = false;
        try
        {
            socket.Connect(server);
        }
        catch (SocketException pending) when (pending.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            if (!socket.Poll(attemptLimit, SelectMode.SelectWrite) || !socket.Connected)
            {
                return false;
            }
        }

        socket.Blocking = true;
        return true;
    }

    private static bool TryReceive(Socket socket, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var length = socket.Receive(bytes);
            if (length == 0)
            {
                return false;
            }

            bytes = bytes[length..];
        }

        return true;
    }

    private static bool Answers(ReadOnlySpan<byte> message, ReadOnlySpan<byte> question) =>
        message.Length >= HeaderBytes && message[..2].SequenceEqual(question[..2]) && (message[2] & AnswerBit) != 0;

    private int LimitMilliseconds => (int)attemptLimit.TotalMilliseconds;

    // A header that wants recursion, and one question; null when a label is too long.
    private static byte[]? Question(string name)
    {
        var labels = name.Split('.').Select(Encoding.ASCII.GetBytes).ToList();
        if (labels.Exists(label => label.Length is 0 or > 63))
        {
            return null;
        }

        var message = new List<byte> { 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
        foreach (var label in labels)
        {
            message.Add((byte)label.Length);
            message.AddRange(label);
        }

        message.AddRange([0, 0, ServiceType, 0, 1]);
        var bytes = message.ToArray();
        Random.Shared.NextBytes(bytes.AsSpan(0, 2));
        return bytes;
    }

    private static List<ServiceRecord> Records(ReadOnlySpan<byte> message)
    {
        var records = new List<ServiceRecord>();
        var position = HeaderBytes;
        for (var count = BinaryPrimitives.ReadUInt16BigEndian(message[4..]); count > 0; count--)
        {
            Name(message, ref position);
            position += 4;
        }

        for (var count = BinaryPrimitives.ReadUInt16BigEndian(message[6..]); count > 0 && position < message.Length; count--)
        {
            Name(message, ref position);
            if (position + 10 > message.Length)
            {
                break;
            }

            var type = BinaryPrimitives.ReadUInt16BigEndian(message[position..]);
            var content = position + 10;
            position = content + BinaryPrimitives.ReadUInt16BigEndian(message[(position + 8)..]);
            if (type == ServiceType && content + 7 <= message.Length)
            {
                var target = content + 6;
                records.Add(new ServiceRecord(Name(message, ref target), Number(message, content + 4), Number(message, content), Number(message, content + 2)));
            }
        }

        return records;
    }

    private static int Number(ReadOnlySpan<byte> message, int position) => BinaryPrimitives.ReadUInt16BigEndian(message[position..]);

    // A name with its final dot; two bits at the front of a length say that the rest stands elsewhere.
    private static string Name(ReadOnlySpan<byte> message, ref int position)
    {
        var name = new StringBuilder();
        var place = position;
        var hasJumped = false;
        for (var jumps = 0; place < message.Length && message[place] != 0 && jumps < NameJumpsMax;)
        {
            if (message[place] >= 0xC0 && place + 1 < message.Length)
            {
                position = hasJumped ? position : place + 2;
                hasJumped = true;
                place = ((message[place] & 0x3F) << 8) | message[place + 1];
                jumps++;
                continue;
            }

            var end = Math.Min(place + 1 + message[place], message.Length);
            name.Append(Encoding.ASCII.GetString(message[(place + 1)..end])).Append('.');
            place = end;
        }

        position = hasJumped ? position : place + 1;
        return name.Length == 0 ? "." : name.ToString();
    }
}
