namespace Sync.Raft.Roles;

/// <summary>
/// What this member is now, told when any part of it changed. Proposals and reads that are under way when it
/// changes may never be answered; whoever waits for them is told so by this fact.
/// </summary>
/// <param name="Role">The new role.</param>
/// <param name="Term">The term that it holds in.</param>
/// <param name="Leader">The leader of the term as far as it is known, or <see cref="MemberId.None"/>.</param>
public sealed record RoleChange(RoleKind Role, Term Term, MemberId Leader);
