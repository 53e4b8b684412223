using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Watching;

/// <summary>One request that waits until its answer would be another.</summary>
internal sealed class Waiter
{
    private readonly TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ViewSettings _settings;
    private readonly Lock _lock = new();

    // Of the newest snapshot that shows what the caller knows: comparisons stay small and old snapshots can go. A snapshot
    // that shows something else wakes and changes none of them.
    private View? _known;
    private long _knownRevision;
    private long _knownSequence;

    /// <summary>Creates a waiter for a change from what a state shows.</summary>
    /// <param name="client">The caller.</param>
    /// <param name="path">The path that was asked for.</param>
    /// <param name="known">The state whose answer the caller knows, or is content to wait from. It is not kept.</param>
    /// <param name="settings">What the operator decided for all callers.</param>
    public Waiter(ClientIdentity client, MetadataPath path, FeedState known, ViewSettings settings)
    {
        Client = client;
        Account = client.Account;
        Path = path;
        _settings = settings;
        _known = known.Snapshot.For(client, settings).Find(path);
        _knownRevision = known.Snapshot.Revision;
        _knownSequence = known.Sequence;
    }

    /// <summary>The caller.</summary>
    public ClientIdentity Client { get; }

    /// <summary>Whom the request is counted for.</summary>
    public string Account { get; }

    /// <summary>The path that was asked for.</summary>
    public MetadataPath Path { get; }

    /// <summary>Ends when the answer differs.</summary>
    public Task Woken => _woken.Task;

    /// <summary>What the caller knows, as the newest snapshot that shows it has it, and that snapshot's revision.</summary>
    public (View? View, long Revision) Known
    {
        get
        {
            lock (_lock)
            {
                return (_known, _knownRevision);
            }
        }
    }

    /// <summary>Wakes the request if a state answers it differently.</summary>
    /// <param name="state">A state; mostly the one that the request waits from, which is nothing to look at.</param>
    public void Compare(FeedState state)
    {
        if (state.Sequence > Volatile.Read(ref _knownSequence))
        {
            Compare(new WaitingRound(state));
        }
    }

    /// <summary>Wakes the request if a state answers it differently; one older than the last is passed over.</summary>
    /// <param name="round">A look at a state.</param>
    public void Compare(WaitingRound round)
    {
        lock (_lock)
        {
            var state = round.State;
            if (state.Sequence <= _knownSequence || _woken.Task.IsCompleted)
            {
                return;
            }

            var (now, areSame) = round.Look(new(Client, Path, _settings, _knownSequence), _known);
            if (areSame)
            {
                (_known, _knownRevision, _knownSequence) = (now, state.Snapshot.Revision, state.Sequence);
            }
            else
            {
                _woken.TrySetResult();
            }
        }
    }
}
