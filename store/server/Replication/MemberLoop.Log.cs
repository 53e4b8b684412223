using Sync.Raft.Roles;

namespace Sync.Store.Replication;

internal sealed partial class MemberLoop
{
    private static partial class Log
    {
        [LoggerMessage(1201, LogLevel.Information, "The member leads its group in term {Term}.")]
        public static partial void Leads(ILogger logger, ulong term);

        [LoggerMessage(1204, LogLevel.Information,
            "Goes on from the checkpoint at entry {Index}, revision {Revision}; the log holds {Entries} entries after it.")]
        public static partial void Restored(ILogger logger, ulong index, long revision, ulong entries);

        [LoggerMessage(1203, LogLevel.Information,
            "Took over a snapshot of member {Member:x}: entry {Index}, revision {Revision}.")]
        public static partial void Installed(ILogger logger, ulong member, ulong index, long revision);

        [LoggerMessage(1202, LogLevel.Debug, "The member became {Role} in term {Term}; the leader it knows is {Leader:x}.")]
        public static partial void RoleChanged(ILogger logger, RoleKind role, ulong term, ulong leader);
    }
}
