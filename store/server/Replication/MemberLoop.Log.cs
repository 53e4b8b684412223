using Sync.Raft.Roles;

namespace Sync.Store.Replication;

internal sealed partial class MemberLoop
{
    private static partial class Log
    {
        [LoggerMessage(1201, LogLevel.Information,
            "The member became {Role} in term {Term}; the leader is {Leader:x}.")]
        public static partial void RoleChanged(ILogger logger, RoleKind role, ulong term, ulong leader);
    }
}
