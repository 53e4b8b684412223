using System.Text.RegularExpressions;
using Sync.Member.Membership;
using Sync.Member.Proposals;
using Sync.Mvcc.Alarms;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Leases;
using Sync.Mvcc.Transactions;
using Sync.Raft;
using Sync.Raft.Membership;
using Sync.TestKit;

namespace Sync.Member.Tests;

/// <summary>Holds the examples of <c>store/FORMAT.md</c> against the code.</summary>
public sealed partial class FormatDocumentTests
{
    private static readonly MemberId Nine = new(9);
    private static readonly LeaseRevokeCommand Revocation = new(new LeaseId(7));
    private static readonly ClusterMembers Members = new(
        [new ClusterMember(Nine, "m", ["p"], ["c"]) { IsLearner = true, Version = new(3, 6) }],
        removed: [new MemberId(8)],
        version: new(3, 5),
        downgradeTarget: new(3, 5));

    // Such bytes are in logs and checkpoints on disks: a change of the document's lines is a change of the format.
    [Fact]
    public void The_bytes_of_each_kind_are_those_of_the_document()
    {
        var document = File.ReadAllText(Repository.At("store", "FORMAT.md"));

        var examples = Example().Matches(document).Select(row => (row.Groups["name"].Value, row.Groups["bytes"].Value));

        examples.Should().Equal(Written().Select(written => (written.Name, Convert.ToHexString(written.Bytes.Span))));
    }

    private static IEnumerable<(string Name, ReadOnlyMemory<byte> Bytes)> Written() =>
    [
        ("put", Of(new PutOperation(Text("k"), Text("vv")) { Lease = new(-2), KeepLease = true })),
        ("delete", Of(new DeleteRangeOperation(KeyRange.Prefix(Text("a"))) { WithPrevious = true })),
        ("transaction", Of(new TxnOperation(
            [new(KeyRange.Exactly(Text("k")), CompareTarget.Value, CompareResult.Equal, Number: 0, Text("v"))],
            [new RangeOperation(new(KeyRange.From(Text("k"))) { KeysOnly = true, Limit = 1 })],
            Failure: []))),
        ("compaction", Of(new CompactCommand(new(300)))),
        ("grant", Of(new LeaseGrantCommand(new(7), 60))),
        ("revocation", Of(Revocation)),
        ("remaining times", Of(new LeaseCheckpointCommand([new(new(7), 5)]))),
        ("alarm", Of(new RaiseAlarmCommand(new(9, AlarmType.NoSpace)))),
        ("alarm cleared", Of(new ClearAlarmCommand(new(9, AlarmType.Corrupt)))),
        ("name", MemberCommandCodec.Encode(new MemberCommand.PublishMember(
            new(Nine, "m", [], ["c"]) { Version = new(3, 6) }))),
        ("forwarded", MemberCommandCodec.EncodeForwarded(Nine, run: 2, new RequestId(3), Of(Revocation))),
        ("downgrade", MemberCommandCodec.Encode(new MemberCommand.Downgrade(new(3, 5)))),
        ("join", Of(new ClusterChange.Add(new(Nine, "", ["p"], []) { IsLearner = true }), new ClusterMembers())),
        ("move", Of(new ClusterChange.Move(Nine, ["q"]), Members.After(new ClusterChange.Promote(Nine)))),
        ("promotion", Of(new ClusterChange.Promote(Nine), Members)),
        ("departure", Of(new ClusterChange.Remove(Nine), Members)),
        ("leave joint", ConfigurationChangeCodec.Encode(ConfigurationChange.LeaveJoint)),
        ("configuration", GroupConfigurationCodec.Encode(new([new(1), Nine], learners: [new(10)]))),
        ("membership", ClusterMembersCodec.Encode(Members)),
    ];

    private static ReadOnlyMemory<byte> Of(Command command) => MemberCommandCodec.Encode(command);

    private static byte[] Of(ClusterChange change, ClusterMembers members) =>
        ConfigurationChangeCodec.Encode(change.ToConsensus(members));

    private static byte[] Text(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    [GeneratedRegex(@"^\| (?<name>[a-z ]+) \| .+ \| `(?<bytes>[0-9A-F]+)` \|$", RegexOptions.Multiline)]
    private static partial Regex Example();
}
