using System.Buffers;
using Sync.Raft.Log;
using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Reads;
using Sync.Raft.Snapshots;

namespace Sync.Raft.Tests.Cluster;

/// <summary>One member with its disk: what is durable, and the writes that are under way.</summary>
internal sealed class Member
{
    /// <summary>A change with this context is skipped by every member when it is applied.</summary>
    public static readonly byte[] Forbidden = "forbidden"u8.ToArray();

    private readonly Random _random;
    private readonly Queue<(Ready Ready, StateImage? Image)> _writes = new();

    // Which configuration was in force from which entry on, in the state; the first is the checkpoint's.
    private readonly List<(LogIndex From, GroupConfiguration Configuration)> _configurations = [];
    private HardState _hardState = HardState.Initial;
    private StateImage? _staged;

    public Member(ConsensusSettings settings, GroupConfiguration configuration, int seed)
    {
        Settings = settings;
        _configurations.Add((LogIndex.None, configuration));
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
        var configuration = new GroupConfiguration(
            [.. Enumerable.Range(1, voters).Select(voter => new MemberId((ulong)voter))]);
        return Restarted(configuration, state, EntriesOf(logTerms), adjust);
    }

    /// <summary>Member 1, which starts with a term, a vote and a log.</summary>
    public static Member Restarted(
        GroupConfiguration configuration, HardState state, Entry[] log,
        Func<ConsensusSettings, ConsensusSettings>? adjust = null)
    {
        var settings = new ConsensusSettings { Member = new MemberId(1) };
        settings = adjust?.Invoke(settings) ?? settings;
        var member = new Member(settings, configuration, seed: 1) { _hardState = state };
        member.Log.Write(log);
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

    /// <summary>How many snapshots took the place of its state.</summary>
    public int Installed { get; private set; }

    public bool HasWrites => _writes.Count > 0;

    public int Writes => _writes.Count;

    /// <summary>The state now, for a snapshot.</summary>
    public StateImage Image => new(
        new SnapshotHeader(
            Applied[^1].Index, Applied[^1].Term, Core.Configuration),
        [.. Applied]);

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
            _writes.Enqueue((ready, ready.Snapshot is null ? null : _staged));
        }

        return ready;
    }

    /// <summary>Makes the oldest write under way durable.</summary>
    /// <returns>The messages that may be sent now.</returns>
    public IReadOnlyList<Message> Persist()
    {
        var (ready, image) = _writes.Dequeue();
        Write(ready, image);
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
            var (ready, image) = _writes.Dequeue();
            Write(ready, image);
        }

        // A snapshot takes its place before the entries after it are written.
        if (_writes.TryPeek(out var torn) && (torn.Image is null || survivingEntries > 0))
        {
            Install(torn.Image);
            Log.Write(torn.Ready.Entries.Span[..Math.Min(survivingEntries, torn.Ready.Entries.Length)]);
        }

        _writes.Clear();
        Reads.Clear();
        _staged = null;
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
    public void Receive(Message message) => Core.Step(AsFromPeer(message));

    /// <summary>Takes in that a snapshot is staged on the disk.</summary>
    public SnapshotVerdict Offer(SnapshotStream stream)
    {
        var verdict = Core.Offer((SnapshotOffer)AsFromPeer(stream.Offer));
        if (verdict == SnapshotVerdict.Accepted)
        {
            _staged = stream.Image;
        }

        return verdict;
    }

    private static bool HasContent(Ready ready) =>
        ready is not { HardState: null, RoleChange: null, Entries.Length: 0, Committed.Length: 0, Snapshot: null }
        || ready is not
        {
            Messages.Count: 0, MessagesAfterPersist.Count: 0, ReadStates.Count: 0, SnapshotNeeds.Count: 0,
        };

    private Message AsFromPeer(Message message)
    {
        var bytes = new ArrayBufferWriter<byte>();
        MessageCodec.Encode(Settings.Group, Settings.Incarnation, message, bytes);
        var decoding = MessageCodec.Decode(bytes.WrittenMemory.ToArray());
        return Assert.IsType<MessageDecoding.Decoded>(decoding).Message;
    }

    private Consensus Restore()
    {
        Applied.RemoveRange((int)Checkpoint.Value, Applied.Count - (int)Checkpoint.Value);
        _configurations.RemoveAll(each => each.From > Checkpoint);
        Observed = Math.Min(Observed, Applied.Count);
        return new Consensus(
            Settings, _hardState, _configurations[^1].Configuration, Log, Checkpoint,
            new Random(_random.Next()));
    }

    private void Write(Ready ready, StateImage? image)
    {
        Install(image);
        Log.Write(ready.Entries.Span);
        _hardState = ready.HardState ?? _hardState;
    }

    private void Install(StateImage? image)
    {
        if (image is null)
        {
            return;
        }

        Installed++;
        var header = image.Header;
        Log.RestartAfter(header.Index, header.Term);
        Checkpoint = header.Index;
        Applied.Clear();
        Applied.AddRange(image.Applied);
        _configurations.Clear();
        _configurations.Add((header.Index, header.Configuration));
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
            if (entry.Kind == EntryKind.Configuration)
            {
                ApplyChange(entry);
            }
        }

        if (committed.Length > 0)
        {
            Core.AppliedTo(committed[^1].Index);
        }
    }

    private void ApplyChange(Entry entry)
    {
        if (ConfigurationChangeCodec.Decode(entry.Payload).Context.Span.SequenceEqual(Forbidden))
        {
            Core.SkipChange(entry);
        }
        else
        {
            _configurations.Add((entry.Index, Core.ApplyChange(entry)));
        }
    }
}
