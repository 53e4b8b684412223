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

    // Moves on with the snapshots it was equal in, so that comparisons stay small and old snapshots can go.
    private View? _answer;
    private long _comparedWith;

    /// <summary>Creates a waiter for a change from what a state shows.</summary>
    /// <param name="client">The caller.</param>
    /// <param name="path">The path that was asked for.</param>
    /// <param name="known">The state whose answer the caller knows, or is content to wait from.</param>
    /// <param name="settings">What the operator decided for all callers.</param>
    public Waiter(ClientIdentity client, MetadataPath path, FeedState known, ViewSettings settings)
    {
        Client = client;
        Account = client.Account;
        Path = path;
        _settings = settings;
        _comparedWith = known.Sequence;
        _answer = known.Snapshot.For(client, settings).Find(path);
    }

    /// <summary>The caller.</summary>
    public ClientIdentity Client { get; }

    /// <summary>Whom the request is counted for.</summary>
    public string Account { get; }

    /// <summary>The path that was asked for.</summary>
    public MetadataPath Path { get; }

    /// <summary>Ends when the answer differs.</summary>
    public Task Woken => _woken.Task;

    /// <summary>Wakes the request if a state answers it differently; one older than the last is passed over.</summary>
    /// <param name="state">The state of now.</param>
    public void Compare(FeedState state)
    {
        lock (_lock)
        {
            if (state.Sequence <= _comparedWith || _woken.Task.IsCompleted)
            {
                return;
            }

            var answer = state.Snapshot.For(Client, _settings).Find(Path);
            if (!ViewEquality.AreSame(_answer, answer))
            {
                _woken.TrySetResult();
            }

            _answer = answer;
            _comparedWith = state.Sequence;
        }
    }
}
