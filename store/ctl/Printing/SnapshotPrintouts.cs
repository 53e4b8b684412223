using System.Globalization;
using Sync.Disk.Snapshots;

namespace Sync.Store.Ctl.Printing;

/// <summary>What a saved copy of a store holds.</summary>
internal static class SnapshotPrintouts
{
    private static readonly string[] Titles = ["HASH", "REVISION", "TOTAL KEYS", "TOTAL SIZE"];

    public static Printout Status(SnapshotSummary summary) => new()
    {
        Simple = text => text.Line(string.Join(", ", Row(summary))),
        Table = () => FramedTable.Draw(Titles, [Row(summary)]),
        Json = () => GoJson.Object(
        [
            ("hash", Text(summary.Hash)),
            ("revision", Text(RevisionOf(summary))),
            ("totalKey", Text(summary.KeyCount)),
            ("totalSize", Text(summary.LengthBytes)),
        ]),
        Fields = text =>
        {
            text.Field("Hash", summary.Hash);
            text.Field("Revision", RevisionOf(summary));
            text.Field("Keys", summary.KeyCount);
            text.Field("Size", summary.LengthBytes);
        },
    };

    private static string[] Row(SnapshotSummary summary) =>
    [
        summary.Hash.ToString("x", CultureInfo.InvariantCulture),
        Text(RevisionOf(summary)),
        Text(summary.KeyCount),
        GoText.Size(summary.LengthBytes),
    ];

    private static long RevisionOf(SnapshotSummary summary) => summary.Manifest.State.Keyspace.Revision.Value;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
