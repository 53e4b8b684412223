using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sync.TestKit;

/// <summary>A name server over UDP that knows the records which a test gives it.</summary>
/// <remarks>
/// A name that it does not know does not exist. Each answer begins with another of its records, as name servers do it to
/// spread load. Source: RFC 1035, section 4.1; RFC 2782.
/// </remarks>
public sealed class DnsServer : IDisposable
{
    private const int HeaderBytes = 12;
    private const ushort TypeA = 1, TypePtr = 12, TypeSrv = 33, ClassInternet = 1;
    private const ushort Answer = 0x8580;

    private readonly Socket _socket;
    private readonly Dictionary<string, List<(ushort Type, byte[] Content)>> _records =
        new(StringComparer.OrdinalIgnoreCase);

    private readonly Lock _turn = new();
    private int _answers;

    /// <summary>Begins to answer at an address.</summary>
    /// <param name="address">Where; port 0 takes a free one.</param>
    /// <exception cref="SocketException">The port is taken, or this user may not open it.</exception>
    public DnsServer(IPEndPoint address)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(address);
        EndPoint = _socket.LocalEndPoint as IPEndPoint ?? address;
        _ = Task.Run(ServeAsync);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>The code of every answer; 0 is none, 2 that the server failed.</summary>
    public byte ResponseCode { get; set; }

    /// <summary>Gives a host an address.</summary>
    public void AddHost(string host, IPAddress address) => Add(host, TypeA, address.GetAddressBytes());

    /// <summary>Gives an address the name of a host.</summary>
    /// <param name="reverse">The name of the record: <c>1.0.0.10.in-addr.arpa</c>.</param>
    /// <param name="host">The host.</param>
    public void AddPointer(string reverse, string host) => Add(reverse, TypePtr, NameOf(host));

    /// <summary>Offers a service at a host.</summary>
    /// <param name="service">The name of the record: <c>_etcd-server._tcp.example.com</c>.</param>
    /// <param name="host">The host; a dot says that the service is not offered.</param>
    /// <param name="port">The port.</param>
    public void AddService(string service, string host, int port)
    {
        // Priority and weight are 0.
        byte[] content = [0, 0, 0, 0, (byte)(port >> 8), (byte)port, .. NameOf(host)];
        Add(service, TypeSrv, content);
    }

    /// <summary>Forgets a name.</summary>
    public void Remove(string name)
    {
        lock (_turn)
        {
            _records.Remove(name);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Add(string name, ushort type, byte[] content)
    {
        lock (_turn)
        {
            if (!_records.TryGetValue(name, out var records))
            {
                _records.Add(name, records = []);
            }

            records.Add((type, content));
        }
    }

    // Ends with the socket.
    private async Task ServeAsync()
    {
        var question = new byte[512];
        while (true)
        {
            var received = await _socket.ReceiveFromAsync(question, new IPEndPoint(IPAddress.Any, 0));
            await _socket.SendToAsync(AnswerTo(question.AsSpan(0, received.ReceivedBytes)), received.RemoteEndPoint);
        }
    }

    private byte[] AnswerTo(ReadOnlySpan<byte> message)
    {
        var name = ReadName(message[HeaderBytes..], out var nameBytes);
        var question = message.Slice(HeaderBytes, nameBytes + (2 * sizeof(ushort)));
        var type = BinaryPrimitives.ReadUInt16BigEndian(question[nameBytes..]);
        List<(ushort Type, byte[] Content)>? known;
        lock (_turn)
        {
            known = _records.GetValueOrDefault(name)?.ToList();
        }

        const byte NoSuchName = 3;
        var code = ResponseCode != 0 ? ResponseCode : known is null ? NoSuchName : (byte)0;
        var records = code == 0 ? (known ?? []).FindAll(record => record.Type == type) : [];
        var first = records.Count > 0 ? _answers++ % records.Count : 0;
        List<byte> answer = [.. message[..sizeof(ushort)]];
        Append(answer, (ushort)(Answer | code), 1, (ushort)records.Count, 0, 0);
        answer.AddRange(question);
        foreach (var (recordType, content) in records.Skip(first).Concat(records.Take(first)))
        {
            answer.AddRange(question[..nameBytes]);
            Append(answer, recordType, ClassInternet, 0, 0, (ushort)content.Length);
            answer.AddRange(content);
        }

        return [.. answer];
    }

    private static void Append(List<byte> message, params ReadOnlySpan<ushort> numbers)
    {
        foreach (var number in numbers)
        {
            message.Add((byte)(number >> 8));
            message.Add((byte)number);
        }
    }

    private static string ReadName(ReadOnlySpan<byte> bytes, out int length)
    {
        var labels = new List<string>();
        length = 0;
        while (bytes[length] != 0)
        {
            labels.Add(Encoding.ASCII.GetString(bytes.Slice(length + 1, bytes[length])));
            length += 1 + bytes[length];
        }

        length++;
        return string.Join('.', labels);
    }

    private static byte[] NameOf(string host) =>
    [
        .. host.Split('.', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(label => Encoding.ASCII.GetBytes(label).Prepend((byte)label.Length)),
        0,
    ];
}
