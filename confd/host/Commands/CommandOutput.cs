using System.Runtime.InteropServices;
using System.Text;

namespace Sync.Confd.Commands;

/// <summary>
/// Takes in what a command writes on both its streams; keeps the first part and drops the rest, so that a flood
/// neither blocks the command nor fills the memory.
/// </summary>
internal sealed class CommandOutput
{
    private const int KeptBytesMax = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly List<byte> _kept = [];
    private long _dropped;

    /// <summary>What was kept so far, with a remark when something was dropped.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
            {
                var text = Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(_kept));
                return _dropped == 0 ? text : $"{text}... ({_dropped} further bytes)";
            }
        }
    }

    /// <summary>Reads a stream to its end, or until the token says that nobody cares for the rest.</summary>
    public async Task ReadAsync(Stream stream, CancellationToken abandoned)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer, abandoned)) > 0)
            {
                Add(buffer.AsSpan(0, count));
            }
        }
        catch (OperationCanceledException) when (abandoned.IsCancellationRequested)
        {
            // A child in the background holds the stream open; what it says from now on is its own affair.
        }
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            var room = Math.Min(bytes.Length, KeptBytesMax - _kept.Count);
            _kept.AddRange(bytes[..room]);
            _dropped += bytes.Length - room;
        }
    }
}
