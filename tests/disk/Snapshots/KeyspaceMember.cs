using System.Text;
using Sync.Disk.Checkpoints;
using Sync.Disk.Segments;
using Sync.Disk.Snapshots;
using Sync.Disk.Wal;
using Sync.Mvcc;
using Sync.Mvcc.Alarms;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Leases;
using Sync.Raft;
using Sync.Raft.Log;
using Sync.Raft.Membership;

namespace Sync.Disk.Tests.Snapshots;

/// <summary>
/// A member without consensus, with a real keyspace: operation number i is log entry i. What it does follows from its
/// number, so two members that ran the same operations hold the same.
/// </summary>
internal sealed class KeyspaceMember(IDisk disk, DirectoryIdentity identity)
{
    internal static readonly DirectoryIdentity Leader =
        new(0xc1, new MemberId(0xa1), GroupId.First, Incarnation.First);

    internal static readonly DirectoryIdentity Follower = Leader with { Member = new MemberId(0xb2) };

    internal static readonly Term Term = new(3);

    internal static readonly DirectorySettings Small = new()
    {
        Log = new LogSettings { SegmentBytes = 16 * 1024, RecentBytesMax = 1000 },
        Segments = new SegmentSettings { SegmentBytes = 4096, RecentBytesMax = 0, UnwrittenBytesMax = 1500 },
    };

    private Keyspace? _keyspace;

    /// <summary>The last operation that is durable.</summary>
    internal int Acknowledged { get; set; }

    /// <summary>The last operation in the keyspace.</summary>
    internal int Applied { get; private set; }

    internal DirectorySettings Settings { get; init; } = Small;

    /// <summary>Whether checkpoints are saved on the way.</summary>
    internal bool SavesCheckpoints { get; set; } = true;

    internal DataDirectory Directory { get; private set; } = null!;

    internal Keyspace Keyspace => _keyspace ?? throw new InvalidOperationException("The member is not started.");

    internal GroupLog Log => Directory.Log[identity.Group];

    /// <summary>What tells two states apart: the applied entry, and all that the keyspace holds.</summary>
    internal string State
    {
        get
        {
            var image = Keyspace.Image();
            var hash = Keyspace.Publish().HashKv(Revision.None).Value;
            return $"entry {Applied}: {hash.Hash:x8} at {image.Revision}, compacted {image.CompactedRevision}, leases "
                + string.Join(' ', image.Leases.Select(lease => $"{lease.Id.Value}/{lease.RemainingTtlSeconds}"))
                + $", {image.Alarms.Count} alarms";
        }
    }

    /// <summary>Opens the directory and applies the log after the checkpoint up to what was acknowledged.</summary>
    internal void Start()
    {
        _keyspace = null;
        Directory = DataDirectory.Open(disk, identity, Settings);
        Restore();
        for (var operation = Applied + 1; operation <= Acknowledged; operation++)
        {
            Log.Read(new LogIndex((ulong)operation), new LogIndex((ulong)operation).Next, 1).Span[0]
                .Should().Be(EntryOf(operation));
            Apply(operation);
        }
    }

    /// <summary>Runs operations up to one, each acknowledged before the next.</summary>
    internal void RunTo(int last)
    {
        for (var operation = Acknowledged + 1; operation <= last; operation++)
        {
            Append([EntryOf(operation)], Log.HardState with { Term = LaterOf(Log.HardState.Term), Commit = At(Acknowledged) });
            Acknowledged = operation;
            Apply(operation);
            Directory.Segments.RewriteStep(300, Keyspace.Relocate);
            if (operation % 7 == 0)
            {
                Directory.Segments.WriteSidecars();
            }

            if (operation % 10 == 0 && SavesCheckpoints)
            {
                SaveCheckpoint().Should().BeTrue();
                Directory.DropLog(catchUpEntries: 5, needed: null);
            }

            if (Directory.Log.NeedsMaintenance)
            {
                Directory.Log.Maintain();
            }
        }
    }

    /// <summary>Writes entries and waits until they are durable.</summary>
    internal void Append(Entry[] entries, HardState state)
    {
        var ticket = Log.Append(entries, state);
        Flush().Should().BeGreaterThanOrEqualTo(ticket);
    }

    internal SnapshotCapture Capture() => Directory.Capture(Checkpoint, Keyspace.Publish());

    internal bool SaveCheckpoint() => Directory.Checkpoints.Save(Checkpoint, Directory.Segments.Capture());

    internal Checkpoint Checkpoint => new()
    {
        Group = identity.Group,
        Incarnation = identity.Incarnation,
        Applied = At(Applied),
        AppliedTerm = Applied == 0 ? Term.None : Term,
        Configuration = new GroupConfiguration(Leader.Member, Follower.Member),
        Membership = "members"u8.ToArray(),
        Keyspace = Keyspace.Image(),
    };

    /// <summary>Receives a whole snapshot in pieces and makes it the member's state.</summary>
    internal void Install(ReadOnlySpan<byte> bytes, int pieceBytes = 1000)
    {
        using var staging = Directory.Receive("of the leader");
        Accept(staging, bytes, pieceBytes);
        staging.Complete();
        var ticket = Directory.Install(staging);
        Flush().Should().BeGreaterThanOrEqualTo(ticket);
        Restore();
        Acknowledged = Applied;
    }

    internal static void Accept(SnapshotStaging staging, ReadOnlySpan<byte> bytes, int pieceBytes)
    {
        for (var offset = 0; offset < bytes.Length; offset += pieceBytes)
        {
            staging.Accept(offset, bytes.Slice(offset, Math.Min(pieceBytes, bytes.Length - offset)));
        }
    }

    internal static byte[] BytesOf(SnapshotCapture capture, int pieceBytes = 700)
    {
        using var reader = capture.Open();
        var bytes = new MemoryStream();
        var piece = new byte[pieceBytes];
        for (var count = reader.Read(piece); count > 0; count = reader.Read(piece))
        {
            bytes.Write(piece.AsSpan(0, count));
        }

        reader.RemainingBytes.Should().Be(0);
        return bytes.ToArray();
    }

    /// <summary>The segments that are being received.</summary>
    internal IEnumerable<string> FilesReceived =>
        disk.List("sync/segments").Where(name => name.EndsWith(".tmp", StringComparison.Ordinal));

    internal void Stop() => Directory.Dispose();

    internal static LogIndex At(int operation) => new((ulong)operation);

    private static Term LaterOf(Term term) => term > Term ? term : Term;

    internal static Entry EntryOf(int operation) => new(
        Term, At(operation), EntryKind.Normal, Encoding.ASCII.GetBytes($"operation {operation}".PadRight(operation * 31 % 300)));

    private static Command CommandOf(int operation) => (operation % 23) switch
    {
        3 => new LeaseGrantCommand(new LeaseId(operation), 60),
        5 => new PutOperation(Key(operation), Value(operation)) { Lease = new LeaseId(operation - 2) },
        8 => new LeaseCheckpointCommand([new LeaseRemaining(new LeaseId(operation - 5), 30)]),
        11 => new DeleteRangeOperation(Sync.Mvcc.Keys.KeyRange.Exactly(Key(operation - 3))),
        13 => new CompactCommand(new Revision(Math.Max(2, operation / 2))),
        17 => new RaiseAlarmCommand(new Alarm((ulong)operation, AlarmType.NoSpace)),
        18 => new ClearAlarmCommand(new Alarm((ulong)operation - 1, AlarmType.NoSpace)),
        20 => new LeaseRevokeCommand(new LeaseId(operation - 17 - (operation % 2 == 0 ? 0 : 23))),
        _ => new PutOperation(Key(operation), Value(operation)),
    };

    private static byte[] Key(int operation) => Encoding.ASCII.GetBytes($"key-{operation % 13}");

    private static byte[] Value(int operation) =>
        Encoding.ASCII.GetBytes($"value {operation} ".PadRight(operation * 37 % 400, (char)('a' + (operation % 26))));

    private void Restore()
    {
        var image = Directory.Checkpoints.Newest?.Keyspace ?? KeyspaceImage.Fresh;
        _keyspace = Keyspace.Restore(new KeyspaceSettings(), Directory.Segments, image, Directory.Changes());
        Applied = (int)(Directory.Checkpoints.Newest?.Applied ?? LogIndex.None).Value;
        Directory.Segments.Published(_keyspace.View);
    }

    private void Apply(int operation)
    {
        Keyspace.Apply(CommandOf(operation));
        Applied = operation;
        Keyspace.CompactStep(4, Revision.Last);
        Directory.Segments.Published(Keyspace.Publish());
    }

    private long Flush()
    {
        Directory.Log.Write();
        return Directory.Log.Sync();
    }
}
