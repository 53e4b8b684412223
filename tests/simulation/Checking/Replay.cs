using Sync.Simulation.Histories;

namespace Sync.Simulation.Checking;

/// <summary>The committed history as the plain model carries it out: what was true at each revision.</summary>
internal sealed class Replay
{
    private readonly List<KeyspaceState> _states = [KeyspaceState.Fresh, KeyspaceState.Fresh];
    private readonly List<Items<KvEvent>> _events = [Items<KvEvent>.None, Items<KvEvent>.None];

    /// <summary>The state after everything.</summary>
    public KeyspaceState Last { get; private set; } = KeyspaceState.Fresh;

    /// <summary>Carries the next committed request out.</summary>
    public KeyspaceStep Add(KvRequest request)
    {
        var step = Last.Apply(request);
        Last = step.State;
        if (step.Events.Count > 0)
        {
            _states.Add(step.State);
            _events.Add(step.Events);
        }
        else
        {
            _states[^1] = step.State;
        }

        return step;
    }

    /// <summary>The state at a revision, in <c>[1, Last.Revision]</c>.</summary>
    public KeyspaceState At(long revision) => _states[(int)revision];

    /// <summary>What changed at a revision; nothing at one that has not happened.</summary>
    public Items<KvEvent> EventsAt(long revision) =>
        revision < _events.Count ? _events[(int)revision] : Items<KvEvent>.None;
}
