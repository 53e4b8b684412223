using System.Globalization;
using System.Runtime.InteropServices;

namespace Sync.Simulation.Scheduling;

/// <summary>What kinds of events a trace tells of.</summary>
internal enum TraceKind
{
    Boot = 1,
    Died,
    Paused,
    Lead,
    Follow,
    Sent,
    Lost,
    Received,
    Written,
    Applied,
    Checkpoint,
    Snapshot,
    Invoke,
    Answer,
    Unknown,
    Watch,
    Fault,
    Heal,
    Hash,
    Change,
    Retired,
    Alarm,
}

/// <summary>
/// Everything that happens in a run, folded into one hash, so that two runs of one seed can be compared; and the last
/// events in words, for a failure.
/// </summary>
internal sealed class RunTrace(EventQueue queue)
{
    private const int KeptEvents = 200;
    private const ulong Prime = 0x100000001b3;

    private readonly Queue<Line> _last = new();

    private readonly record struct Line(long Time, TraceKind Kind, long Subject, long First, long Second, object? Words);

    /// <summary>The hash of all events so far.</summary>
    public ulong Hash { get; private set; } = 0xcbf29ce484222325;

    /// <summary>Takes note of an event.</summary>
    /// <param name="kind">What happened.</param>
    /// <param name="subject">To whom: a member or a client.</param>
    /// <param name="first">A number that belongs to it.</param>
    /// <param name="second">Another one.</param>
    /// <param name="words">What tells the reader more; it does not count in the hash and does not change any more.</param>
    public void Note(TraceKind kind, long subject, long first = 0, long second = 0, object? words = null)
    {
        Mix((ulong)queue.Now);
        Mix((ulong)kind);
        Mix((ulong)subject);
        Mix((ulong)first);
        Mix((ulong)second);
        if (kind is TraceKind.Sent or TraceKind.Received)
        {
            // Too many to be of use to a reader.
            return;
        }

        _last.Enqueue(new Line(queue.Now, kind, subject, first, second, words));
        if (_last.Count > KeptEvents)
        {
            _last.Dequeue();
        }
    }

    /// <summary>Folds bytes into the hash.</summary>
    public void Mix(ReadOnlySpan<byte> bytes)
    {
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            Mix(word);
        }

        foreach (var rest in bytes[(bytes.Length & ~7)..])
        {
            Mix(rest);
        }
    }

    /// <summary>The last events, one a line.</summary>
    public string Last() => string.Join('\n', _last.Select(line => string.Create(
        CultureInfo.InvariantCulture,
        $"{line.Time / 1e6,10:F6} {line.Subject,3} {line.Kind} {line.First} {line.Second} {line.Words}")));

    private void Mix(ulong word) => Hash = ulong.RotateLeft((Hash ^ word) * Prime, 23);
}
