using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sync.Conformance.Tests.Servers;

/// <summary>
/// One cleartext HTTP/2 connection of a client that has room for a few bytes of an answer at a time, and says so often.
/// </summary>
/// <remarks>Source: RFC 9113 (frames, flow control), RFC 7541 (indexed header fields), gRPC over HTTP/2.</remarks>
internal sealed class NarrowConnection : IDisposable
{
    private const int FrameHeaderBytes = 9;
    private const int WindowBytes = 16;
    private const byte Data = 0, Headers = 1, Settings = 4, Ping = 6, WindowUpdate = 8;
    private const byte Acknowledged = 1, EndStream = 1, EndHeaders = 4;
    private const ushort SettingInitialWindow = 4;
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;
    private readonly string _authority;
    private readonly byte[] _input = new byte[1 << 16];
    private readonly List<byte> _output = [];
    private int _stream = -1;

    /// <summary>Connects.</summary>
    /// <param name="server">The server: <c>http://127.0.0.1:PORT</c>.</param>
    public NarrowConnection(Uri server)
    {
        _authority = server.Authority;
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = (int)SilenceMax.TotalMilliseconds,
        };
        _socket.Connect(IPAddress.Parse(server.Host), server.Port);
        _output.AddRange("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        AppendFrame(Settings, 0, stream: 0, [0, (byte)SettingInitialWindow, 0, 0, 0, WindowBytes]);
        Send();
    }

    /// <summary>Calls a method and reads its answer, granting room for all of it in small pieces.</summary>
    /// <param name="path">The path of the method: <c>/etcdserverpb.KV/Range</c>.</param>
    /// <param name="message">The request, shorter than 2^16 bytes.</param>
    /// <param name="answerBytesMax">Room for so many bytes of the answer is granted at least.</param>
    /// <returns>How many bytes the answer's frames carried; null when none came in time.</returns>
    public int? Ask(string path, ReadOnlySpan<byte> message, int answerBytesMax)
    {
        _stream += 2;
        AppendFrame(Headers, EndHeaders, _stream, RequestHeaders(path));
        AppendFrame(Data, EndStream, _stream, [0, 0, 0, (byte)(message.Length >> 8), (byte)message.Length, .. message]);
        Send();
        var (received, granted) = (0, false);
        var begun = Stopwatch.GetTimestamp();

        // Pings go on while the server owes an answer.
        while (Stopwatch.GetElapsedTime(begun) < SilenceMax && ReadFrame(out var kind, out var flags) is { } payload)
        {
            switch (kind)
            {
                case Settings or Ping when (flags & Acknowledged) == 0:
                    AppendFrame(kind, Acknowledged, stream: 0, kind == Ping ? payload : []);
                    Send();
                    break;
                case Data:
                    received += payload.Length;
                    if (!granted)
                    {
                        granted = true;
                        Grant(answerBytesMax);
                    }

                    break;
                default:
                    break;
            }

            if (kind is Data or Headers && (flags & EndStream) != 0)
            {
                return received;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    // The server takes in one grant while it still writes what an earlier one allowed.
    private void Grant(int bytes)
    {
        for (var granted = 0; granted < bytes; granted += WindowBytes)
        {
            AppendFrame(WindowUpdate, 0, _stream, [0, 0, 0, WindowBytes]);
            AppendFrame(WindowUpdate, 0, stream: 0, [0, 0, 0, WindowBytes]);
        }

        Send();
    }

    private byte[] RequestHeaders(string path)
    {
        const byte post = 0x83, http = 0x86, newAuthority = 0x01, newPath = 0x04, newName = 0x00;
        return
        [
            post, http,
            newPath, .. Text(path),
            newAuthority, .. Text(_authority),
            newName, .. Text("content-type"), .. Text("application/grpc"),
            newName, .. Text("te"), .. Text("trailers"),
        ];
    }

    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private byte[]? ReadFrame(out byte kind, out byte flags)
    {
        (kind, flags) = (0, 0);
        if (!Fill(FrameHeaderBytes))
        {
            return null;
        }

        (kind, flags) = (_input[3], _input[4]);
        var length = BinaryPrimitives.ReadInt32BigEndian(_input) >>> 8;
        return Fill(length) ? _input[..length] : null;
    }

    private bool Fill(int count)
    {
        try
        {
            for (var filled = 0; filled < count;)
            {
                var read = _socket.Receive(_input.AsSpan(filled, count - filled));
                if (read == 0)
                {
                    return false;
                }

                filled += read;
            }

            return true;
        }
        catch (SocketException silence) when (silence.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return false;
        }
    }

    private void AppendFrame(byte kind, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[FrameHeaderBytes];
        BinaryPrimitives.WriteInt32BigEndian(header, payload.Length << 8 | kind);
        header[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(header[5..], stream);
        _output.AddRange(header);
        _output.AddRange(payload);
    }

    private void Send()
    {
        _socket.Send(_output.ToArray());
        _output.Clear();
    }
}
