using Sync.Raft.Log;
using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Reads;
using Sync.Raft.Roles;
using Sync.Raft.Tests.Cluster;

namespace Sync.Raft.Tests.Randomized;

/// <summary>
/// Watches a group from outside and fails on the first step that breaks a safety property. Source: Raft
/// paper, figure 3.
/// </summary>
internal sealed class SafetyObserver
{
    private readonly Group _group;
    private readonly Dictionary<Term, MemberId> _leaders = [];
    private readonly Dictionary<(MemberId Voter, Term Term), MemberId> _votes = [];
    private readonly Dictionary<ReadContext, LogIndex> _questions = [];
    private readonly List<Entry> _committed = [];
    private readonly List<GroupConfiguration> _configurations = [];
    private readonly HashSet<MemberId> _removed = [];

    public SafetyObserver(Group group)
    {
        _group = group;
        _configurations.Add(new GroupConfiguration([.. group.Members.Select(member => member.Id)]));
        group.Sent = Observe;
    }

    /// <summary>Every entry that any member has applied, from index 1 on.</summary>
    public IReadOnlyList<Entry> Committed => _committed;

    /// <summary>How many configurations the group had.</summary>
    public int Configurations => _configurations.Count;

    /// <summary>Members that a committed change removed.</summary>
    public IReadOnlySet<MemberId> Removed => _removed;

    /// <summary>How many reads were answered.</summary>
    public int AnsweredReads { get; private set; }

    /// <summary>How many terms had a leader.</summary>
    public int Leaders => _leaders.Count;

    /// <summary>
    /// Takes note of a question just before it is asked: the answer may not miss what is committed by now.
    /// </summary>
    public void Asks(ReadContext read) =>
        _questions[read] = _group.Members.Select(member => member.Core.Status.Commit).Max();

    /// <summary>Looks at a member after it did something.</summary>
    public void Observe(Member member)
    {
        if (member.Core.Role == RoleKind.Leader)
        {
            ObserveLeader(member);
        }

        ObserveApplied(member);
        foreach (var read in member.Reads)
        {
            AnsweredReads++;
            Expect.That(read.Index >= _questions[read.Context],
                () => $"read {read.Context} at {read.Index} sees {_questions[read.Context]}, which it must");
        }

        member.Reads.Clear();
    }

    /// <summary>If two logs hold an entry of one index and term, they are equal up to it.</summary>
    public void LogsMatch()
    {
        foreach (var one in _group.Members)
        {
            foreach (var other in _group.Members.Where(other => other.Id > one.Id))
            {
                var agree = false;
                var last = LogIndex.Min(one.Log.LastIndex, other.Log.LastIndex);
                var first = LogIndex.Max(one.Log.FirstIndex, other.Log.FirstIndex);
                for (var index = last; index >= first; index = index.Previous)
                {
                    var here = one.Log.Entries[index - one.Log.FirstIndex];
                    var there = other.Log.Entries[index - other.Log.FirstIndex];
                    Expect.That(here.Term == there.Term ? here.Equals(there) : !agree,
                        () => $"the logs of {one.Id} and {other.Id} match at {index}");
                    agree |= here.Term == there.Term;
                }
            }
        }
    }

    private void ObserveLeader(Member leader)
    {
        var term = leader.Core.Term;
        if (_leaders.TryGetValue(term, out var known))
        {
            Expect.That(known == leader.Id, () => $"term {term} has one leader: {known}, not {leader.Id}");
            return;
        }

        _leaders.Add(term, leader.Id);
        for (var position = (int)leader.Log.FirstIndex.Value - 1; position < _committed.Count; position++)
        {
            var entry = _committed[position];
            Expect.That(leader.Log.TermAt(entry.Index) == entry.Term,
                () => $"leader {leader.Id} of term {term} holds the committed entry {TraceText.Of(entry)}");
        }
    }

    private void ObserveApplied(Member member)
    {
        for (var position = Math.Min(_committed.Count, member.Applied.Count) - 1; position >= 0; position--)
        {
            // Applied lists only grow and were compared before, so the youngest common entry speaks for the
            // others.
            var (here, first) = (member.Applied[position], _committed[position]);
            Expect.That(here.Equals(first), () =>
                $"{member.Id} applied {TraceText.Of(here)}, another {TraceText.Of(first)}");
            if (member.Observed > position)
            {
                break;
            }
        }

        for (var position = _committed.Count; position < member.Applied.Count; position++)
        {
            var entry = member.Applied[position];
            // The leader may not have applied the last change yet when it counted.
            Expect.That(_configurations.TakeLast(2).Any(configuration => IsHeldBy(configuration, entry)),
                () => $"a majority of {_configurations[^1]} holds the committed entry {TraceText.Of(entry)}");
            _committed.Add(entry);
            if (entry.Kind == EntryKind.Configuration)
            {
                ObserveChange(ConfigurationChangeCodec.Decode(entry.Payload));
            }
        }

        member.Observed = member.Applied.Count;
    }

    private void ObserveChange(ConfigurationChange change)
    {
        if (change.Context.Span.SequenceEqual(Member.Forbidden))
        {
            return;
        }

        var before = _configurations[^1];
        var verdict = Reconfiguration.Apply(before, change);
        Expect.That(verdict is ChangeVerdict.Changed, () => $"{change} is committed, and fits {before}");
        var after = ((ChangeVerdict.Changed)verdict).Configuration;
        _configurations.Add(after);
        _removed.UnionWith(before.Members.Except(after.Members));
    }

    private bool IsHeldBy(GroupConfiguration configuration, Entry entry) =>
        IsMajority(configuration.Voters, entry)
        && (!configuration.IsJoint || IsMajority(configuration.OutgoingVoters, entry));

    private bool IsMajority(IReadOnlyCollection<MemberId> voters, Entry entry) =>
        2 * voters.Count(voter => Holds(_group[(int)voter.Value], entry)) > voters.Count;

    private static bool Holds(Member member, Entry entry) =>
        entry.Index < member.Log.FirstIndex || member.Log.TermAt(entry.Index) == entry.Term;

    private void Observe(Message message)
    {
        if (message is VoteResponse { IsGranted: true })
        {
            var vote = (message.From, message.Term);
            Expect.That(_votes.TryAdd(vote, message.To) || _votes[vote] == message.To,
                () => $"{message.From} voted for {_votes[vote]} and for {message.To} in term {message.Term}");
        }
    }
}
