using Sync.Raft;
using Sync.Raft.Log;
using Sync.Raft.Membership;

namespace Sync.Simulation.Membership;

/// <summary>
/// The members by the committed entries alone, kept as plainly as can be: what every member must have in force at each
/// entry.
/// </summary>
internal sealed class MembershipModel
{
    private readonly List<(LogIndex Since, GroupConfiguration Configuration)> _states = [];
    private readonly SortedSet<MemberId> _voters;
    private readonly SortedSet<MemberId> _learners = [];
    private readonly HashSet<MemberId> _removed = [];

    /// <summary>The members of a new cluster.</summary>
    public MembershipModel(IEnumerable<MemberId> founders)
    {
        _voters = [.. founders];
        Note(LogIndex.None);
    }

    /// <summary>How many changes were made.</summary>
    public int Changes => _states.Count - 1;

    /// <summary>The configuration after everything.</summary>
    public GroupConfiguration Last => _states[^1].Configuration;

    /// <summary>Who was a member once.</summary>
    public IReadOnlySet<MemberId> Removed => _removed;

    /// <summary>Takes the next committed entry in.</summary>
    public void Add(Entry entry)
    {
        if (entry.Kind != EntryKind.Configuration)
        {
            return;
        }

        var change = ConfigurationChangeCodec.Decode(entry.Payload);
        foreach (var (kind, member) in change.Changes)
        {
            Make(kind, member, isPromotion: kind == MemberChangeKind.AddVoter && change.Context.IsEmpty);
        }

        Note(entry.Index);
    }

    /// <summary>What is in force after an entry.</summary>
    public GroupConfiguration At(LogIndex index)
    {
        var last = _states.Count - 1;
        while (_states[last].Since > index)
        {
            last--;
        }

        return _states[last].Configuration;
    }

    // Who is a member already is moved by being added again, which changes nothing here.
    private void Make(MemberChangeKind kind, MemberId member, bool isPromotion)
    {
        var isKnown = _voters.Contains(member) || _learners.Contains(member);
        if (kind == MemberChangeKind.Remove)
        {
            if (isKnown)
            {
                _voters.Remove(member);
                _learners.Remove(member);
                _removed.Add(member);
            }
        }
        else if (isPromotion)
        {
            if (_learners.Remove(member))
            {
                _voters.Add(member);
            }
        }
        else if (!isKnown && !_removed.Contains(member))
        {
            (kind == MemberChangeKind.AddVoter ? _voters : _learners).Add(member);
        }
    }

    private void Note(LogIndex index) =>
        _states.Add((index, new GroupConfiguration([.. _voters], [.. _learners])));
}
