namespace Sync.Benchmarks.Generator;

/// <summary>One stream of a <see cref="GrpcConnection"/>; a client of a closed loop uses the same object again and again.</summary>
internal sealed class GrpcCall
{
    private const int PrefixBytes = 5;

    private readonly byte[] _prefix = new byte[PrefixBytes];
    private int _prefixCount;
    private int _bodyBytesLeft;

    /// <summary>When the request was handed over, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long SentAt { get; private set; }

    /// <summary>Whole response messages that came since the request was sent.</summary>
    public int Messages { get; private set; }

    /// <summary>Bytes of the longest response message since the request was sent.</summary>
    public int LongestMessage { get; private set; }

    /// <summary>Forgets the last request and starts the time of the next one.</summary>
    public void Begin(long sentAt)
    {
        SentAt = sentAt;
        (_prefixCount, _bodyBytesLeft, Messages, LongestMessage) = (0, 0, 0, 0);
    }

    /// <summary>Counts the messages in the next bytes of the response; a message may span several frames.</summary>
    /// <param name="data">Content of a DATA frame: message prefixes (one byte flag, four bytes length) and bodies.</param>
    public void Receive(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (_prefixCount < PrefixBytes)
            {
                _prefix[_prefixCount++] = data[0];
                data = data[1..];
                _bodyBytesLeft = _prefixCount == PrefixBytes ? BodyLength() : 0;
            }

            var taken = Math.Min(_bodyBytesLeft, data.Length);
            _bodyBytesLeft -= taken;
            data = data[taken..];
            if (_prefixCount == PrefixBytes && _bodyBytesLeft == 0)
            {
                LongestMessage = Math.Max(LongestMessage, BodyLength());
                Messages++;
                _prefixCount = 0;
            }
        }
    }

    private int BodyLength() => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(_prefix.AsSpan(1));
}
