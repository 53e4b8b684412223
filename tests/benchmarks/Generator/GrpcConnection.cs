using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Sync.Benchmarks.Generator;

/// <summary>
/// One cleartext HTTP/2 connection that calls one gRPC method with requests encoded beforehand, on one thread.
/// It costs a few microseconds a call, so that the server and not the generator is what is measured.
/// </summary>
/// <remarks>
/// Requests are collected by <see cref="Send"/> and leave with <see cref="Flush"/>, many in one system call.
/// Response headers are not decoded: a call that ends without a message was refused.
/// Source: RFC 9113 (frames, flow control), RFC 7541 (indexed header fields), gRPC over HTTP/2.
/// </remarks>
internal sealed class GrpcConnection : IDisposable
{
    private const int FrameHeaderBytes = 9;
    private const int WindowInitial = 65_535;
    private const int WindowMax = int.MaxValue;
    private const int WindowRefill = 1 << 30;

    private const byte Data = 0, Headers = 1, ResetStream = 3, Settings = 4, Ping = 6, GoAway = 7, WindowUpdate = 8;
    private const byte Acknowledged = 1, EndStream = 1, EndHeaders = 4, Padded = 8;
    private const ushort SettingInitialWindow = 4;

    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;
    private readonly string _method;
    private readonly string _authority;
    private readonly byte _endOfRequest;
    private readonly Dictionary<int, GrpcCall> _calls = [];
    private readonly Queue<(GrpcCall Call, byte[] Message)> _waiting = new();
    private readonly List<GrpcCall> _ended = [];
    private byte[] _input = new byte[1 << 18];
    private int _inputCount;
    private byte[] _output = new byte[1 << 16];
    private int _outputCount;
    private int _nextStream = 1;
    private long _sendWindow = WindowInitial;
    private long _received;

    /// <summary>Connects and sends the connection's preface.</summary>
    /// <param name="endpoint">The server: <c>http://127.0.0.1:PORT</c>.</param>
    /// <param name="method">The path of the method: <c>/etcdserverpb.KV/Put</c>.</param>
    /// <param name="isStream">Whether a request stays open behind its message, as that of a watch does.</param>
    public GrpcConnection(Uri endpoint, string method, bool isStream = false)
    {
        (_method, _authority, _endOfRequest) = (method, endpoint.Authority, isStream ? (byte)0 : EndStream);
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = (int)SilenceMax.TotalMilliseconds,
        };
        _socket.Connect(IPAddress.Parse(endpoint.Host), endpoint.Port);
        Append("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        AppendSettings();
        AppendWindowUpdate(WindowMax - WindowInitial);
        Flush();
    }

    /// <summary>Begins a call; it leaves with the next <see cref="Flush"/>, or when the server grants it room.</summary>
    /// <param name="call">The stream's state; it must have no other call under way.</param>
    /// <param name="message">One message with its gRPC prefix.</param>
    public void Send(GrpcCall call, byte[] message)
    {
        call.Begin(Stopwatch.GetTimestamp());
        _waiting.Enqueue((call, message));
        SendWhatFits();
    }

    /// <summary>Hands all that was collected to the kernel.</summary>
    public void Flush()
    {
        for (var sent = 0; sent < _outputCount;)
        {
            sent += _socket.Send(_output.AsSpan(sent, _outputCount - sent));
        }

        _outputCount = 0;
    }

    /// <summary>Waits for the next bytes of the server and takes them in.</summary>
    /// <returns>The calls that ended, valid until the next call; null when the connection was closed.</returns>
    /// <exception cref="InvalidOperationException">The server reset a stream, went away or fell silent.</exception>
    public IReadOnlyList<GrpcCall>? Receive()
    {
        _ended.Clear();
        var count = ReceiveBytes();
        if (count == 0)
        {
            return null;
        }

        _inputCount += count;
        var taken = 0;
        while (_inputCount - taken >= FrameHeaderBytes)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(_input.AsSpan(taken)) >>> 8;
            if (_inputCount - taken < FrameHeaderBytes + length)
            {
                break;
            }

            TakeFrame(_input.AsSpan(taken, FrameHeaderBytes + length));
            taken += FrameHeaderBytes + length;
        }

        _input.AsSpan(taken, _inputCount - taken).CopyTo(_input);
        _inputCount -= taken;
        return _ended;
    }

    /// <summary>Ends the connection; a <see cref="Receive"/> that waits on another thread returns null.</summary>
    public void Close()
    {
        // Shutdown wakes a blocked receive, which closing the handle alone does not promise.
        if (_socket.Connected)
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private int ReceiveBytes()
    {
        try
        {
            return _socket.Receive(_input.AsSpan(_inputCount));
        }
        catch (SocketException silence) when (silence.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            throw new InvalidOperationException(
                $"{_method}: no answer within {SilenceMax.TotalSeconds} s with {_calls.Count} calls under way", silence);
        }
    }

    private void TakeFrame(ReadOnlySpan<byte> frame)
    {
        var (kind, flags) = (frame[3], frame[4]);
        var stream = BinaryPrimitives.ReadInt32BigEndian(frame[5..]);
        var payload = frame[FrameHeaderBytes..];
        switch (kind)
        {
            case Data:
                TakeData(stream, (flags & Padded) == 0 ? payload : payload[1..^payload[0]], payload.Length);
                break;
            case ResetStream when !_calls.ContainsKey(stream):
                // A server that answered before it saw the end of the request says so. Source: RFC 9113, section 8.1.
                break;
            case ResetStream:
                throw new InvalidOperationException($"{_method}: the server reset a stream, code {Code(payload)}");
            case GoAway:
                throw new InvalidOperationException($"{_method}: the server went away, code {Code(payload[4..])}");
            case Settings when (flags & Acknowledged) == 0:
                AppendFrame(Settings, Acknowledged, stream: 0, []);
                break;
            case Ping when (flags & Acknowledged) == 0:
                AppendFrame(Ping, Acknowledged, stream: 0, payload);
                break;
            case WindowUpdate when stream == 0:
                _sendWindow += BinaryPrimitives.ReadInt32BigEndian(payload);
                SendWhatFits();
                break;
            default:
                break;
        }

        if (kind is Data or Headers && (flags & EndStream) != 0 && _calls.Remove(stream, out var call))
        {
            _ended.Add(call);
        }
    }

    private void TakeData(int stream, ReadOnlySpan<byte> content, int countedBytes)
    {
        _calls[stream].Receive(content);
        _received += countedBytes;
        if (_received >= WindowRefill)
        {
            AppendWindowUpdate((int)_received);
            _received = 0;
        }
    }

    // One stream sends less than its own window, which starts at the same size, so only the connection's counts.
    private void SendWhatFits()
    {
        while (_waiting.TryPeek(out var next) && next.Message.Length <= _sendWindow)
        {
            _waiting.Dequeue();
            _calls.Add(_nextStream, next.Call);
            AppendRequestHeaders(_nextStream);
            AppendFrame(Data, _endOfRequest, _nextStream, next.Message);
            _sendWindow -= next.Message.Length;
            _nextStream += 2;
        }
    }

    // The first request puts four fields into the server's table; the later ones name them, a byte each.
    private void AppendRequestHeaders(int stream)
    {
        const byte post = 0x83, http = 0x86, te = 0xBE, contentType = 0xBF, authority = 0xC0, path = 0xC1;

        AppendFrame(Headers, EndHeaders, stream, stream > 1
            ? [post, http, path, authority, contentType, te]
            : [
                post, http,
                0x44, .. Text(_method),
                0x41, .. Text(_authority),
                0x5F, .. Text("application/grpc"),
                0x40, .. Text("te"), .. Text("trailers"),
            ]);
    }

    private static byte[] Text(string value) => [(byte)value.Length, .. System.Text.Encoding.ASCII.GetBytes(value)];

    private void AppendSettings()
    {
        Span<byte> payload = stackalloc byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(payload, SettingInitialWindow);
        BinaryPrimitives.WriteInt32BigEndian(payload[2..], WindowMax);
        AppendFrame(Settings, 0, stream: 0, payload);
    }

    private void AppendWindowUpdate(int increment)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, increment);
        AppendFrame(WindowUpdate, 0, stream: 0, payload);
    }

    private void AppendFrame(byte kind, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[FrameHeaderBytes];
        BinaryPrimitives.WriteInt32BigEndian(header, payload.Length << 8 | kind);
        header[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(header[5..], stream);
        Append(header);
        Append(payload);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_outputCount + bytes.Length > _output.Length)
        {
            Array.Resize(ref _output, Math.Max(_output.Length * 2, _outputCount + bytes.Length));
        }

        bytes.CopyTo(_output.AsSpan(_outputCount));
        _outputCount += bytes.Length;
    }

    private static uint Code(ReadOnlySpan<byte> payload) => BinaryPrimitives.ReadUInt32BigEndian(payload);
}
