using System.Buffers;
using Sync.Raft.Log;
using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Reads;

namespace Sync.Raft.Tests.Cluster;

/// <summary>One member with its disk: what is durable, and the writes that are under way.</summary>
internal sealed class Member
{
    private readonly GroupConfiguration _configuration;
    private readonly Random _random;
    private readonly Queue<Ready> _writes = new();
    private HardState _hardState = HardState.Initial;

    public Member(ConsensusSettings settings, GroupConfiguration configuration, int seed)
    {
        Settings = settings;
        _configuration = configuration;
        _random = new Random(seed);
        Core = Restore();
    }

    public ConsensusSettings Settings { get; }

    public MemberId Id => Settings.Member;

    public Consensus Core { get; private set; }

    public MemoryLog Log { get; } = new();

    /// <summary>What a checkpoint of the state holds: replay begins after it.</summary>
    public LogIndex Checkpoint { get; private set; }

    /// <summary>The applied entries, from index 1 on.</summary>
    public List<Entry> Applied { get; } = [];

    public List<ReadState> Reads { get; } = [];

    public HardState HardState => _hardState;

    public bool HasWrites => _writes.Count > 0;

    /// <summary>Takes a Ready: applies and notes reads; the write stays under way until <see cref="Persist"/>.</summary>
    /// <returns>The Ready; its messages that wait for nothing are to be sent.</returns>
    public Ready Turn()
    {
        var ready = Core.TakeReady();
        Apply(ready.Committed.Span);
        Reads.AddRange(ready.ReadStates);
        if (ready.MustSync || ready.HardState is not null || ready.MessagesAfterPersist.Count > 0)
        {
            _writes.Enqueue(ready);
        }

        return ready;
    }

    /// <summary>Makes the oldest write under way durable.</summary>
    /// <returns>The messages that may be sent now.</returns>
    public IReadOnlyList<Message> Persist()
    {
        var ready = _writes.Dequeue();
        Log.Write(ready.Entries.Span);
        _hardState = ready.HardState ?? _hardState;
        if (ready.MustSync)
        {
            Core.Persisted(ready.Number);
        }

        return ready.MessagesAfterPersist;
    }

    /// <summary>Stops without warning and starts again from what is durable.</summary>
    /// <param name="survivingWrites">How many writes under way became durable all the same.</param>
    /// <param name="survivingEntries">How many entries of the next one did, without its hard state.</param>
    public void Crash(int survivingWrites = 0, int survivingEntries = 0)
    {
        for (var survived = 0; survived < survivingWrites && _writes.Count > 0; survived++)
        {
            var ready = _writes.Dequeue();
            Log.Write(ready.Entries.Span);
            _hardState = ready.HardState ?? _hardState;
        }

        if (_writes.TryPeek(out var torn))
        {
            Log.Write(torn.Entries.Span[..Math.Min(survivingEntries, torn.Entries.Length)]);
        }

        _writes.Clear();
        Reads.Clear();
        Core = Restore();
    }

    /// <summary>Writes a checkpoint and drops the entries of the log that it covers.</summary>
    public void Compact(LogIndex through)
    {
        (through <= Core.Status.Applied).Should().BeTrue("only what is applied may be dropped");
        Checkpoint = LogIndex.Max(Checkpoint, through);
        Log.DropBefore(through.Next);
    }

    /// <summary>Takes in a message by way of its bytes, as from a peer.</summary>
    public void Receive(Message message)
    {
        var bytes = new ArrayBufferWriter<byte>();
        MessageCodec.Encode(Settings.Group, Settings.Incarnation, message, bytes);
        var decoding = MessageCodec.Decode(bytes.WrittenMemory.ToArray());
        Core.Step(decoding.Should().BeOfType<MessageDecoding.Decoded>().Subject.Message);
    }

    private Consensus Restore()
    {
        Applied.RemoveRange((int)Checkpoint.Value, Applied.Count - (int)Checkpoint.Value);
        return new Consensus(Settings, _hardState, _configuration, Log, Checkpoint, new Random(_random.Next()));
    }

    private void Apply(ReadOnlySpan<Entry> committed)
    {
        foreach (var entry in committed)
        {
            entry.Index.Should().Be(new LogIndex((ulong)Applied.Count + 1), "every entry is applied once and in order");
            Log.TermAt(entry.Index).Should().Be(entry.Term, "what is applied is durable here");
            Applied.Add(entry);
        }

        if (committed.Length > 0)
        {
            Core.AppliedTo(committed[^1].Index);
        }
    }
}
