using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Watching;

/// <summary>One look at a state for all who wait: what several see alike is compared once. Belongs to one thread.</summary>
internal sealed class WaitingRound
{
    // A place in the data is the same for all who see it by the same rules; what a mapping shows is its caller's own.
    private readonly Dictionary<(View? Before, View? Now), bool> _places = [];
    private readonly Dictionary<WaitingPlace, (View? Now, bool AreSame)> _mapped = [];

    /// <summary>Begins a look.</summary>
    /// <param name="state">The state of now.</param>
    public WaitingRound(FeedState state) => State = state;

    /// <summary>The state that is looked at.</summary>
    public FeedState State { get; }

    /// <summary>How many comparisons were needed.</summary>
    public int LookCount => _places.Count + _mapped.Count;

    /// <summary>What is seen now, and whether it is what was seen before.</summary>
    /// <param name="place">Who looks, where, and since when: it decides what was seen before.</param>
    /// <param name="before">What was seen before.</param>
    public (View? Now, bool AreSame) Look(WaitingPlace place, View? before)
    {
        if (_mapped.TryGetValue(place, out var look))
        {
            return look;
        }

        var now = State.Snapshot.For(place.Client, place.Settings).Find(place.Path);
        if (before is not (null or View.DataView) || now is not (null or View.DataView))
        {
            look = (now, ViewEquality.AreSame(before, now));
            _mapped.Add(place, look);
            return look;
        }

        if (!_places.TryGetValue((before, now), out var areSame))
        {
            areSame = ViewEquality.AreSame(before, now);
            _places.Add((before, now), areSame);
        }

        return (now, areSame);
    }
}

/// <summary>Who looks where, from which snapshot on.</summary>
/// <param name="Client">The caller.</param>
/// <param name="Path">The path that was asked for.</param>
/// <param name="Settings">What the operator decided for all callers.</param>
/// <param name="Since">The <see cref="FeedState.Sequence"/> of the snapshot that shows what the caller knows.</param>
internal readonly record struct WaitingPlace(
    ClientIdentity Client, MetadataPath Path, ViewSettings Settings, long Since);
