namespace Sync.Raft;

/// <summary>
/// What a member must remember across restarts beside its log. Source: Raft paper, figure 2, persistent
/// state.
/// </summary>
/// <param name="Term">The latest term seen.</param>
/// <param name="Vote">Who received this member's vote in that term, or <see cref="MemberId.None"/>.</param>
/// <param name="Commit">
/// The highest entry known to be both committed and durable on this member. It may be behind after a crash,
/// never ahead: the log holds every entry up to it.
/// </param>
public sealed record HardState(Term Term, MemberId Vote, LogIndex Commit)
{
    /// <summary>The state of a member that has never run.</summary>
    public static HardState Initial { get; } = new(Term.None, MemberId.None, LogIndex.None);
}
