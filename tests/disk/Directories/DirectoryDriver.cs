using System.Globalization;
using System.Text;
using Sync.Disk.Checkpoints;
using Sync.Disk.Segments;
using Sync.Disk.Wal;
using Sync.Mvcc;
using Sync.Mvcc.Changes;
using Sync.Mvcc.Leases;
using Sync.Raft;
using Sync.Raft.Log;
using Sync.Raft.Membership;

namespace Sync.Disk.Tests.Directories;

/// <summary>
/// A member without consensus: operation number i is log entry i, which puts or deletes a key. Only the last version of
/// a key lives. What every operation does follows from its number, so what must be there is known at any time.
/// </summary>
internal sealed class DirectoryDriver(IDisk disk)
{
    internal static readonly DirectoryIdentity Identity =
        new(0xc1, new MemberId(0xa1), GroupId.First, Incarnation.First);

    internal static readonly DirectorySettings Small = new()
    {
        Log = new LogSettings { SegmentBytes = 16 * 1024, RecentBytesMax = 1000 },
        Segments = new SegmentSettings
        {
            SegmentBytes = 4096,
            RecentBytesMax = 0,
            UnwrittenBytesMax = 1500,
            WaitingBytesMax = WaitingBytesMax,
        },
        LogBytesMax = LogBytesMax,
    };

    private const int WaitingBytesMax = 12 * 1024;
    private const int LogBytesMax = 40 * 1024;
    private const int OperationsPerConflict = 25;
    private const int OperationsPerDefragmentation = 60;
    private const int ConflictLength = 3;

    private readonly Dictionary<string, (ChangeHeader Header, ChangeLocation Location)> _live = new(StringComparer.Ordinal);

    /// <summary>After how many operations a checkpoint is saved in any case.</summary>
    internal int OperationsPerCheckpoint { get; init; } = 10;

    /// <summary>Whether the log lies in a folder of its own, here on the same disk.</summary>
    internal bool HasLogApart { get; init; }

    /// <summary>The last operation that is durable.</summary>
    internal int Acknowledged { get; set; }

    /// <summary>The directory while it is open.</summary>
    internal DataDirectory? Directory { get; private set; }

    private DataDirectory Opened => Directory ?? throw new InvalidOperationException("The directory is not open.");

    private GroupLog Log => Opened.Log[Identity.Group];

    /// <summary>Opens the directory and applies the log after the checkpoint up to what was acknowledged.</summary>
    internal void Start()
    {
        Directory = null;
        _live.Clear();
        Directory = DataDirectory.Open(HasLogApart ? DiskPair.Of(disk, disk) : disk, Identity, Small);
        foreach (var (header, location) in Directory.Changes())
        {
            Fold(header, location);
        }

        var applied = Directory.Checkpoints.Newest?.Applied ?? LogIndex.None;
        for (var operation = (int)applied.Value + 1; operation <= Acknowledged; operation++)
        {
            Apply(operation);
        }
    }

    /// <summary>Runs operations up to one, each acknowledged before the next, with all that a member does meanwhile.</summary>
    internal void RunTo(int last)
    {
        for (var operation = Acknowledged + 1; operation <= last; operation++)
        {
            Run(operation);
        }
    }

    /// <summary>Fails unless the directory holds exactly what was acknowledged.</summary>
    internal void Verify()
    {
        Log.LastIndex.Value.Should().BeGreaterThanOrEqualTo((ulong)Acknowledged, "nothing acknowledged is lost");
        foreach (var entry in Log.LastIndex < Log.FirstIndex ? [] : Log.Read(Log.FirstIndex, Log.LastIndex.Next, long.MaxValue).ToArray())
        {
            var operation = (int)entry.Index.Value;
            if (!entry.Equals(EntryOf(operation, TermOf(operation)))
                && !(operation > Acknowledged && entry.Equals(EntryOf(operation, ConflictTermOf(operation)))))
            {
                Assert.Fail($"Entry {entry.Index}@{entry.Term} was never written, with {Acknowledged} acknowledged.");
            }
        }

        Log.HardState.Term.Value.Should().BeGreaterThanOrEqualTo(Acknowledged == 0 ? 0 : TermOf(Acknowledged));
        var expected = Expected();
        _live.Keys.Order(StringComparer.Ordinal).Should().Equal(expected.Keys.Order(StringComparer.Ordinal));
        foreach (var (key, operation) in expected)
        {
            var change = Opened.Segments.Read(_live[key].Location);
            if (change.Header.Id.Main.Value != operation || !change.Value.Span.SequenceEqual(ValueOf(operation)))
            {
                Assert.Fail($"{key} is {change.Header.Id}, and operation {operation} wrote it.");
            }
        }
    }

    /// <summary>Closes in good order.</summary>
    internal void Stop()
    {
        Directory?.Dispose();
        Directory = null;
    }

    private static ulong TermOf(int operation) => 2 + (2 * (ulong)(operation / OperationsPerConflict));

    // What an old leader left at the places from each 25th operation on, before a new one replaced it.
    private static ulong ConflictTermOf(int operation) =>
        operation % OperationsPerConflict < ConflictLength ? TermOf(operation) - 1 : 0;

    private static Entry EntryOf(int operation, ulong term) => new(
        new Term(term),
        new LogIndex((ulong)operation),
        EntryKind.Normal,
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"operation {operation} of {term}")
            .PadRight(operation * 31 % 300, '.')));

    private static string KeyOf(int operation) => $"key-{operation % 13}";

    private static bool IsDelete(int operation) => operation % 7 == 0;

    private static byte[] ValueOf(int operation) =>
        Encoding.ASCII.GetBytes($"value {operation} ".PadRight(operation * 37 % 400, (char)('a' + (operation % 26))));

    private Dictionary<string, int> Expected()
    {
        var expected = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var operation = 1; operation <= Acknowledged; operation++)
        {
            expected.Remove(KeyOf(operation));
            if (!IsDelete(operation))
            {
                expected[KeyOf(operation)] = operation;
            }
        }

        return expected;
    }

    private void Run(int operation)
    {
        if (operation % OperationsPerConflict == 0 && Log.HardState.Term.Value < TermOf(operation))
        {
            Log.Append(
                [.. Enumerable.Range(operation, ConflictLength).Select(place => EntryOf(place, ConflictTermOf(operation)))],
                State(ConflictTermOf(operation)));
            Flush();
        }

        var ticket = Log.Append([EntryOf(operation, TermOf(operation))], State(TermOf(operation)));
        Flush().Should().BeGreaterThanOrEqualTo(ticket);
        Acknowledged = operation;
        Apply(operation);
        Opened.Segments.Published(new object());
        if (operation % OperationsPerDefragmentation == 0)
        {
            Opened.Segments.Defragment();
        }

        Opened.Segments.RewriteStep(300, Relocate);
        if (operation % 3 == 0)
        {
            Opened.Log.Mark();
        }

        if (operation % 5 == 0)
        {
            Opened.Segments.WriteSidecars();
        }

        if (operation % OperationsPerCheckpoint == 0 || Opened.NeedsCheckpoint(new LogIndex((ulong)operation)))
        {
            SaveCheckpoint(operation);
        }

        if (Opened.Log.NeedsMaintenance)
        {
            Opened.Log.Maintain();
        }

        HardState State(ulong term) => new(new Term(term), new MemberId(1), new LogIndex((ulong)Acknowledged));
    }

    private long Flush()
    {
        Opened.Log.Write();
        return Opened.Log.Sync();
    }

    private void SaveCheckpoint(int operation)
    {
        var capture = Opened.Segments.Capture();
        Opened.Checkpoints.Save(
            new Checkpoint
            {
                Group = Identity.Group,
                Incarnation = Identity.Incarnation,
                Applied = new LogIndex((ulong)operation),
                AppliedTerm = new Term(TermOf(operation)),
                Configuration = new GroupConfiguration(Identity.Member),
                Membership = "members"u8.ToArray(),
                Keyspace = KeyspaceImage.Fresh with { Revision = new Revision(operation) },
            },
            capture);
        if (Opened.Checkpoints.Previous is { } previous)
        {
            Log.DropThrough(previous.Applied);
            Flush();
        }
    }

    private void Apply(int operation)
    {
        var header = new ChangeHeader(
            Encoding.ASCII.GetBytes(KeyOf(operation)),
            new ChangeId(new Revision(operation), 0),
            IsDelete(operation) ? ChangeKind.Delete : ChangeKind.Put,
            IsDelete(operation) ? Revision.None : new Revision(operation),
            IsDelete(operation) ? 0 : 1,
            LeaseId.None);
        var value = IsDelete(operation) ? [] : ValueOf(operation);
        Fold(header, Opened.Segments.Append(new StoredChange(header, value)));
    }

    private void Fold(ChangeHeader header, ChangeLocation location)
    {
        var key = Encoding.ASCII.GetString(header.Key.Span);
        if (_live.Remove(key, out var before))
        {
            Opened.Segments.Release(before.Location);
        }

        if (header.Kind == ChangeKind.Put)
        {
            _live[key] = (header, location);
        }
        else
        {
            Opened.Segments.Release(location);
        }
    }

    private bool Relocate(ReadOnlySpan<byte> key, ChangeId change, ChangeLocation location)
    {
        var name = Encoding.ASCII.GetString(key);
        if (!_live.TryGetValue(name, out var known) || known.Header.Id != change)
        {
            return false;
        }

        _live[name] = (known.Header, location);
        return true;
    }
}
