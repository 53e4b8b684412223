namespace Sync.Raft;

/// <summary>
/// What one member of a group is told once, when it starts. Time is counted in ticks of the caller.
/// </summary>
public sealed record ConsensusSettings
{
    /// <summary>This member. Not <see cref="MemberId.None"/>.</summary>
    public required MemberId Member { get; init; }

    /// <summary>The group that it belongs to.</summary>
    public GroupId Group { get; init; } = GroupId.First;

    /// <summary>The life of the group that it belongs to.</summary>
    public Incarnation Incarnation { get; init; } = Incarnation.First;

    /// <summary>
    /// How long a follower hears nothing before it stands for election, in ticks: each wait is drawn from
    /// <c>[ElectionTicks, 2 * ElectionTicks)</c>. Default 10; 2 to 100,000 and more than
    /// <see cref="HeartbeatTicks"/>.
    /// </summary>
    public int ElectionTicks { get; init; } = 10;

    /// <summary>How often a leader shows that it is alive, in ticks. Default 1; at least 1.</summary>
    public int HeartbeatTicks { get; init; } = 1;

    /// <summary>
    /// How many bytes of entries one append message carries, each counted as its payload and 16 bytes. A
    /// message with one entry may be larger. Default 1 MiB; at least 1.
    /// </summary>
    public int MessageBytesMax { get; init; } = 1024 * 1024;

    /// <summary>
    /// How many append messages may be under way to one follower. Default 512; 1 to 65,536.
    /// </summary>
    public int InflightMessagesMax { get; init; } = 512;

    /// <summary>
    /// How many bytes of entries may be under way to one follower, counted as in
    /// <see cref="MessageBytesMax"/>; the message that reaches the limit is still sent whole. Default 16 MiB;
    /// at least 1.
    /// </summary>
    public long InflightBytesMax { get; init; } = 16L * 1024 * 1024;

    /// <summary>
    /// How many bytes of payload one proposal may have: a member must be able to write it. Default 48 MiB; at least 1.
    /// </summary>
    public int ProposalBytesMax { get; init; } = 48 * 1024 * 1024;

    /// <summary>
    /// How many bytes of payload a leader takes before they are committed; a single proposal may be larger
    /// when nothing else waits. Default 64 MiB; at least 1.
    /// </summary>
    public long UncommittedBytesMax { get; init; } = 64L * 1024 * 1024;

    /// <summary>
    /// How many bytes of entries one <see cref="Ready"/> gives to apply, counted as in
    /// <see cref="MessageBytesMax"/>; at least one entry is given. Default 16 MiB; at least 1.
    /// </summary>
    public long ApplyBytesMax { get; init; } = 16L * 1024 * 1024;

    /// <summary>
    /// Whether a member asks if it could win before it raises its term, so that one that was cut off does not
    /// disturb the others when it returns. Default true. Source: Raft thesis, section 9.6.
    /// </summary>
    public bool PreVote { get; init; } = true;

    /// <summary>
    /// Whether a leader that hears from no majority for <see cref="ElectionTicks"/> steps down, and members
    /// that hear from their leader turn candidates away. Default true. Source: Raft thesis, sections 6.2 and
    /// 4.2.3.
    /// </summary>
    public bool CheckQuorum { get; init; } = true;

    /// <summary>
    /// Whether a leader answers reads without asking anyone while followers that heard it lately would elect no
    /// other. Default false. It must be the same on all members and needs <see cref="CheckQuorum"/>. It trusts
    /// clocks: the owner must have ticked for all time that passed before it asks for a read, also after the
    /// process was stopped for a while, and no clock may run faster than another by more than
    /// <see cref="LeaseDriftTicks"/> in <see cref="ElectionTicks"/>. Source: Raft thesis, section 6.4.1.
    /// </summary>
    public bool LeaseReads { get; init; }

    /// <summary>
    /// By how much the clocks of two members may differ after <see cref="ElectionTicks"/>, in ticks. Leases of
    /// reads are so much shorter. Default 1; 0 or more, below <see cref="ElectionTicks"/> - 2.
    /// </summary>
    public int LeaseDriftTicks { get; init; } = 1;

    /// <summary>
    /// For how long none of its writes ends before a leader hands over to the best active follower, in ticks: its
    /// disk hangs. Default 20; 0 for never.
    /// </summary>
    public int DiskStallTicksMax { get; init; } = 20;

    /// <summary>
    /// Whether a leader takes changes of the configuration without a look at those that are under way: a mistake, which the
    /// simulation makes to show that it would find it.
    /// </summary>
    internal bool ForgetsOpenChanges { get; init; }

    /// <summary>What is wrong with these settings.</summary>
    /// <returns>One sentence a fault; empty when the settings can be used.</returns>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        Check(Member != MemberId.None, "The member id is 0; give every member an id of its own.");
        Check(Group.Value > 0, "The group id is 0; the first group is 1.");
        Check(Incarnation.Value > 0, "The incarnation is 0; the first incarnation is 1.");
        Check(HeartbeatTicks >= 1,
            $"The heartbeat interval is {HeartbeatTicks} ticks; it must be at least 1.");
        Check(ElectionTicks is >= 2 and <= 100_000,
            $"The election timeout is {ElectionTicks} ticks; it must be from 2 to 100000.");
        Check(ElectionTicks > HeartbeatTicks,
            $"The election timeout of {ElectionTicks} ticks must exceed the heartbeat interval of "
            + $"{HeartbeatTicks} ticks.");
        Check(MessageBytesMax >= 1, $"The message limit is {MessageBytesMax} bytes; it must be at least 1.");
        Check(InflightMessagesMax is >= 1 and <= 65_536,
            $"The limit of messages in flight is {InflightMessagesMax}; it must be from 1 to 65536.");
        Check(InflightBytesMax >= 1,
            $"The limit of bytes in flight is {InflightBytesMax}; it must be at least 1.");
        Check(ProposalBytesMax >= 1,
            $"The limit of a proposal is {ProposalBytesMax} bytes; it must be at least 1.");
        Check(UncommittedBytesMax >= 1,
            $"The limit of uncommitted bytes is {UncommittedBytesMax}; it must be at least 1.");
        Check(ApplyBytesMax >= 1,
            $"The limit of bytes to apply at once is {ApplyBytesMax}; it must be at least 1.");
        Check(!LeaseReads || CheckQuorum, "Reads by lease need the check of the quorum; turn it on, too.");
        Check(!LeaseReads || (LeaseDriftTicks >= 0 && LeaseDriftTicks < ElectionTicks - 2),
            $"The drift of clocks is {LeaseDriftTicks} ticks; it must be at least 0 and at least 3 below the "
            + $"election timeout of {ElectionTicks} ticks.");
        Check(DiskStallTicksMax >= 0,
            $"The limit of a disk's stall is {DiskStallTicksMax} ticks; it must be at least 0.");
        return faults;

        void Check(bool holds, string fault)
        {
            if (!holds)
            {
                faults.Add(fault);
            }
        }
    }
}
