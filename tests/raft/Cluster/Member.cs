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

    /// <summary>A member that starts with a term, a vote and a log.</summary>
    /// <param name="voters">Voters 1 to this number; the member is 1.</param>
    /// <param name="state">What it remembers.</param>
    /// <param name="logTerms">The terms of its entries, from index 1 on.</param>
    /// <param name="adjust">Changes the settings.</param>
    public static Member Restarted(
        int voters, HardState state, ulong[] logTerms,
        Func<ConsensusSettings, ConsensusSettings>? adjust = null)
    {
        var settings = new ConsensusSettings { Member = new MemberId(1) };
        var configuration = new GroupConfiguration(
            [.. Enumerable.Range(1, voters).Select(voter => new MemberId((ulong)voter))]);
        settings = adjust?.Invoke(settings) ?? settings;
        var member = new Member(settings, configuration, seed: 1) { _hardState = state };
        member.Log.Write(EntriesOf(logTerms));
        member.Crash();
        return member;
    }

    /// <summary>Entries with empty payloads, from index 1 on.</summary>
    public static Entry[] EntriesOf(params ulong[] terms) =>
        [.. terms.Select((term, position) =>
            new Entry(new Term(term), new LogIndex((ulong)position + 1), EntryKind.Normal, default))];

    public ConsensusSettings Settings { get; }

    public MemberId Id => Settings.Member;

    public Consensus Core { get; private set; }

    public MemoryLog Log { get; } = new();

    /// <summary>What a checkpoint of the state holds: replay begins after it.</summary>
    public LogIndex Checkpoint { get; private set; }

    /// <summary>The applied entries, from index 1 on.</summary>
    public List<Entry> Applied { get; } = [];

    /// <summary>How many of the applied entries an observer has seen.</summary>
    public int Observed { get; set; }

    public List<ReadState> Reads { get; } = [];

    public bool HasWrites => _writes.Count > 0;

    public int Writes => _writes.Count;

    /// <summary>
    /// Takes a Ready: applies and notes reads; the write stays under way until <see cref="Persist"/>.
    /// </summary>
    /// <returns>The Ready; its messages that wait for nothing are to be sent.</returns>
    public Ready Turn()
    {
        var isPromised = Core.HasReady;
        var ready = Core.TakeReady();
        Expect.That(
            isPromised == HasContent(ready), () => $"HasReady of {Id} is {isPromised}, and so is TakeReady");
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

    /// <summary>Takes Readys and finishes writes until nothing is left to do.</summary>
    /// <returns>What was sent meanwhile, in order.</returns>
    public IReadOnlyList<Message> Settle()
    {
        var sent = new List<Message>();
        while (Core.HasReady || HasWrites)
        {
            sent.AddRange(Core.HasReady ? Turn().Messages : Persist());
        }

        return sent;
    }

    /// <summary>Takes in a message and settles.</summary>
    /// <returns>What was sent as a consequence.</returns>
    public IReadOnlyList<Message> Answer(Message message)
    {
        Receive(message);
        return Settle();
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
        Expect.That(through <= Core.Status.Applied, () => "only what is applied is dropped");
        Checkpoint = LogIndex.Max(Checkpoint, through);
        Log.DropBefore(through.Next);
    }

    /// <summary>Takes in a message by way of its bytes, as from a peer.</summary>
    public void Receive(Message message)
    {
        var bytes = new ArrayBufferWriter<byte>();
        MessageCodec.Encode(Settings.Group, Settings.Incarnation, message, bytes);
        var decoding = MessageCodec.Decode(bytes.WrittenMemory.ToArray());
        var decoded = Assert.IsType<MessageDecoding.Decoded>(decoding);
        Core.Step(decoded.Message);
    }

    private static bool HasContent(Ready ready) =>
        ready is not { HardState: null, RoleChange: null, Entries.Length: 0, Committed.Length: 0 }
        || ready is not { Messages.Count: 0, MessagesAfterPersist.Count: 0, ReadStates.Count: 0 };

    private Consensus Restore()
    {
        Applied.RemoveRange((int)Checkpoint.Value, Applied.Count - (int)Checkpoint.Value);
        Observed = Math.Min(Observed, Applied.Count);
        return new Consensus(
            Settings, _hardState, _configuration, Log, Checkpoint, new Random(_random.Next()));
    }

    private void Apply(ReadOnlySpan<Entry> committed)
    {
        foreach (var entry in committed)
        {
            var (index, term) = (entry.Index, entry.Term);
            Expect.That(
                index.Value == (ulong)Applied.Count + 1, () => $"{index} is applied once and in order");
            Expect.That(Log.TermAt(index) == term, () => $"{index} is durable on {Id} when it is applied");
            Applied.Add(entry);
        }

        if (committed.Length > 0)
        {
            Core.AppliedTo(committed[^1].Index);
        }
    }
}
