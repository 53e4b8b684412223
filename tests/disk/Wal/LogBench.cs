using System.Text;
using Sync.Disk.Wal;
using Sync.Raft;
using Sync.Raft.Log;
using Sync.Simulation;

namespace Sync.Disk.Tests.Wal;

/// <summary>Small logs on simulated disks.</summary>
internal static class LogBench
{
    internal const string Folder = "wal";
    internal const ulong Directory = 0x1234_5678_9abc_def0;

    internal static readonly LogSettings Small = new() { SegmentBytes = 16 * 1024, RecentBytesMax = 500 };

    internal static SimulatedDisk DiskWithLog(int seed = 1, LogSettings? settings = null)
    {
        var disk = new SimulatedDisk(seed);
        disk.MakeDirectory(Folder);
        WriteAheadLog.Create(disk, Folder, Directory, settings ?? Small);
        disk.SyncDirectory("");
        return disk;
    }

    internal static WriteAheadLog Open(IDisk disk, LogSettings? settings = null, params GroupId[] groups) =>
        WriteAheadLog.Open(
            disk,
            Folder,
            Directory,
            (groups.Length == 0 ? [GroupId.First] : groups).Select(group => (group, Incarnation.First)),
            settings ?? Small,
            new FailStop());

    internal static GroupLog First(this WriteAheadLog log) => log[GroupId.First];

    /// <summary>An entry whose payload tells its place and term, filled up to a size.</summary>
    internal static Entry EntryAt(ulong index, ulong term = 1, int payloadBytes = 20) => new(
        new Term(term),
        new LogIndex(index),
        EntryKind.Normal,
        Encoding.ASCII.GetBytes($"{index}@{term}".PadRight(payloadBytes, (char)('a' + (index % 26)))));

    internal static Entry[] EntriesFrom(ulong index, int count, ulong term = 1, int payloadBytes = 20) =>
        [.. Enumerable.Range(0, count).Select(position => EntryAt(index + (ulong)position, term, payloadBytes))];

    internal static long Flush(this WriteAheadLog log)
    {
        log.Write();
        return log.Sync();
    }

    internal static Entry[] AllEntries(this GroupLog log) => log.LastIndex < log.FirstIndex
        ? []
        : log.Read(log.FirstIndex, log.LastIndex.Next, long.MaxValue).ToArray();

    internal static HardState State(ulong term, ulong vote, ulong commit) =>
        new(new Term(term), new MemberId(vote), new LogIndex(commit));

    internal static string SegmentName(int sequence) => $"{Folder}/{sequence:x16}.log";
}
