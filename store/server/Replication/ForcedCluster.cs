using Sync.Disk;
using Sync.Disk.Snapshots;
using Sync.Member.Membership;
using Sync.Raft.Membership;
using Sync.Store.Hosting;
using Sync.Store.Options;
using Sync.Store.Peers;

namespace Sync.Store.Replication;

/// <summary>
/// Makes a cluster of one out of a member whose others are lost for good: <c>--force-new-cluster</c>.
/// </summary>
/// <remarks>
/// The group begins a new life, so that members of the old one are refused should they come back. Source: etcd,
/// server/etcdserver/bootstrap.go, bootstrapRaftFromWAL with ForceNewCluster.
/// </remarks>
internal static class ForcedCluster
{
    /// <summary>Drops all other members. Nothing is changed when there are none.</summary>
    /// <param name="disk">The member's data.</param>
    /// <param name="founding">Who the member is.</param>
    /// <param name="settings">What it was told.</param>
    /// <param name="tellAsync">Tells the operator what will be dropped, before it is.</param>
    /// <returns>Who the member is from now on.</returns>
    /// <exception cref="StartException">The data is not that of a member.</exception>
    public static async Task<Founding> BeginAsync(
        IDisk disk, Founding founding, StoreSettings settings, Func<string, Task> tellAsync)
    {
        using var directory = DataDirectory.Open(disk, founding.Identity, new DirectorySettings());

        // All that the log holds: the last entries may have been acknowledged though a crash forgot that they were
        // committed. Rejected: to drop what is not known to be committed, as etcd does, which may lose acknowledged writes.
        var restored = RestoredMember.From(directory, settings, nowMilliseconds: 0, takesWholeLog: true)
            .ApplyLog(goesOn: false);
        var image = restored.Member.Image;
        var own = image.Members.Find(founding.Identity.Member) ?? throw new StartException(
            $"--force-new-cluster: {settings.DataDirectory} does not hold the state of a member; it joined and was never "
            + "caught up. Use the data of another member.");
        var others = image.Members.All.Where(member => member.Id != own.Id).ToList();
        if (others.Count == 0)
        {
            return founding;
        }

        await tellAsync(
            $"--force-new-cluster makes a cluster of this member alone, from entry {image.Applied}, revision "
            + $"{image.Keyspace.Revision}. It drops for good the members {Describe(others)}, and every write that they "
            + "acknowledged and this member does not have. It keeps all that its log holds, also entries that may never "
            + $"have been committed: {restored.Log.LastIndex - restored.Log.HardState.Commit}.");
        using var capture = directory.Capture(MemberCheckpoint.Of(founding.Identity, image), restored.Keyspace.View);
        var removed = image.Members.Removed.Concat(others.Select(member => member.Id));
        var identity = directory.BeginNewLife(capture, new SnapshotRestore
        {
            ClusterId = founding.Identity.ClusterId,
            Member = own.Id,
            Configuration = new GroupConfiguration(own.Id),
            Membership = ClusterMembersCodec.Encode(new ClusterMembers([own with { IsLearner = false }], removed, own.Version)),
            RestartsLeases = false,
        });
        return founding with { Identity = identity };
    }

    private static string Describe(IEnumerable<ClusterMember> members) =>
        string.Join(", ", members.Select(member => $"{member.Id} \"{member.Name}\""));
}
