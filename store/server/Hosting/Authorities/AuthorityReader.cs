using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;

namespace Sync.Store.Hosting.Authorities;

/// <summary>
/// Reads a client's HTTP/2 connection and mends each request's <c>:authority</c> on the way, in place. A frame of
/// headers is passed on when it is whole; everything else passes as it comes.
/// </summary>
/// <param name="inner">The connection, at the first byte of the preface.</param>
/// <remarks>Source: RFC 9113, sections 3.4 and 4.1, the preface and the frame; 6.2, HEADERS.</remarks>
internal sealed class AuthorityReader(PipeReader inner) : PipeReader
{
    private const int PrefaceBytes = 24;
    private const int FrameHeadBytes = 9;
    private const byte HeadersType = 1;
    private const byte PaddedFlag = 0x08;
    private const byte PriorityFlag = 0x20;

    // The largest frame that a client may send unless the server allows more. A larger one is Kestrel's to refuse.
    private const int HeadersBytesMax = 16 * 1024;

    // As the connection gave it last, and how much of its beginning was passed on.
    private ReadOnlySequence<byte> _whole;
    private long _passed;

    // How much from there the connection was told is examined; it takes no smaller number later.
    private long _examined;

    // Bytes from the end of what was passed on to the next frame's head.
    private long _untilHead = PrefaceBytes;

    /// <inheritdoc/>
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var result = Pass(await inner.ReadAsync(cancellationToken));
            if (result.Buffer.Length > 0 || result.IsCompleted || result.IsCanceled)
            {
                return result;
            }

            HoldBackAll();
        }
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result))
        {
            return false;
        }

        result = Pass(result);
        if (result.Buffer.Length > 0 || result.IsCompleted || result.IsCanceled)
        {
            return true;
        }

        HoldBackAll();
        return false;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var consumedBytes = _whole.Slice(0, consumed).Length;
        var examinedBytes = _whole.Slice(0, examined).Length;

        // Who has seen all that was passed on waits for more; what is held back must then not count as more. And what
        // the connection was once told is examined stays so, also when the next part is taken in small pieces.
        examinedBytes = Math.Max(examinedBytes >= _passed ? _whole.Length : examinedBytes, _examined);
        inner.AdvanceTo(consumed, _whole.GetPosition(examinedBytes));
        _examined = examinedBytes - consumedBytes;
        _passed -= consumedBytes;
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => inner.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private void HoldBackAll()
    {
        inner.AdvanceTo(_whole.Start, _whole.End);
        _examined = _whole.Length;
    }

    private ReadResult Pass(ReadResult read)
    {
        _whole = read.Buffer;
        MendNew();
        var isAll = _passed == _whole.Length || read.IsCompleted;
        if (isAll)
        {
            _passed = _whole.Length;
        }

        return new ReadResult(_whole.Slice(0, _passed), read.IsCanceled, read.IsCompleted);
    }

    private void MendNew()
    {
        Span<byte> head = stackalloc byte[FrameHeadBytes];
        while (true)
        {
            var passing = Math.Min(_untilHead, _whole.Length - _passed);
            _passed += passing;
            _untilHead -= passing;
            if (_whole.Length - _passed < FrameHeadBytes)
            {
                return;
            }

            _whole.Slice(_passed, FrameHeadBytes).CopyTo(head);
            var payloadBytes = (head[0] << 16) | (head[1] << 8) | head[2];
            if (head[3] == HeadersType && payloadBytes <= HeadersBytesMax)
            {
                if (_whole.Length - _passed < FrameHeadBytes + payloadBytes)
                {
                    return;
                }

                MendFrame(_whole.Slice(_passed + FrameHeadBytes, payloadBytes), flags: head[4]);
            }

            _untilHead = FrameHeadBytes + payloadBytes;
        }
    }

    private static void MendFrame(ReadOnlySequence<byte> payload, byte flags)
    {
        var skipped = ((flags & PaddedFlag) != 0 ? 1 : 0) + ((flags & PriorityFlag) != 0 ? 5 : 0);
        if (payload.Length <= skipped)
        {
            return;
        }

        var block = payload.Slice(skipped);
        if (block.IsSingleSegment)
        {
            HeaderBlock.MendAuthority(Writable(block.First));
            return;
        }

        var copy = block.ToArray();
        HeaderBlock.MendAuthority(copy);
        var rest = copy.AsSpan();
        foreach (var segment in block)
        {
            rest[..segment.Length].CopyTo(Writable(segment));
            rest = rest[segment.Length..];
        }
    }

    // The pipe's own memory, between its writer, which is done with it, and its only reader.
    private static Span<byte> Writable(ReadOnlyMemory<byte> memory) => MemoryMarshal.AsMemory(memory).Span;
}
