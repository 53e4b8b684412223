using Sync.Mvcc.Changes;
using Sync.Mvcc.Commands;

namespace Sync.Mvcc;

/// <summary>The revisioned store: applies commands one after the other and publishes views to read from.</summary>
/// <remarks>
/// One thread, the writer, calls every member of this class; any thread may use a published view. An
/// exception from the <see cref="IChangeStore"/> leaves the keyspace unusable.
/// </remarks>
public sealed class Keyspace
{
    /// <summary>A keyspace that was never written.</summary>
    public Keyspace(KeyspaceSettings settings, IChangeStore store) => throw new NotImplementedException();

    /// <summary>The last published view.</summary>
    public KeyspaceView View => throw new NotImplementedException();

    /// <summary>The current revision, of the commands applied so far.</summary>
    public Revision Revision => throw new NotImplementedException();

    /// <summary>The last compaction; none if there was no compaction.</summary>
    public Revision CompactedRevision => throw new NotImplementedException();

    /// <summary>The compaction up to which removal is complete.</summary>
    public Revision RemovedRevision => throw new NotImplementedException();

    /// <summary>Builds a keyspace from a checkpoint. Views are published from the start.</summary>
    /// <param name="settings">What all members have in common.</param>
    /// <param name="store">Holds the changes that are given here.</param>
    /// <param name="image">The rest of the state.</param>
    /// <param name="changes">
    /// Every change that the store still holds, in order of <see cref="ChangeId"/>; compacted ones may be among
    /// them or not. Keys are copied.
    /// </param>
    public static Keyspace Restore(
        KeyspaceSettings settings,
        IChangeStore store,
        KeyspaceImage image,
        IEnumerable<(ChangeHeader Header, ChangeLocation Location)> changes) =>
        throw new NotImplementedException();

    /// <summary>Applies a committed command.</summary>
    /// <param name="command">A command that passed <see cref="CommandValidation"/> when it was proposed.</param>
    /// <returns>The answer; a refused command changed nothing.</returns>
    public Result<Outcome> Apply(Command command) => throw new NotImplementedException();

    /// <summary>Makes all that was applied visible to readers. Called once a batch.</summary>
    public KeyspaceView Publish() => throw new NotImplementedException();

    /// <summary>The state that a checkpoint needs beside the changes, of the commands applied so far.</summary>
    public KeyspaceImage Image() => throw new NotImplementedException();

    /// <summary>Removes some of what is compacted and releases its locations.</summary>
    /// <param name="changesMax">About how many changes to look at.</param>
    /// <param name="watched">
    /// The revision that <see cref="Watching.WatchHub.Seen"/> has reached: later changes are kept for now, so
    /// that live watches miss none. <see cref="Mvcc.Revision.Last"/> when nobody watches.
    /// </param>
    /// <returns>Whether more can be removed now.</returns>
    public bool CompactStep(int changesMax, Revision watched) => throw new NotImplementedException();

    /// <summary>Says that a change lies elsewhere now.</summary>
    /// <param name="key">The change's key.</param>
    /// <param name="change">The change.</param>
    /// <param name="location">Its new place.</param>
    /// <returns>
    /// False when the keyspace knows this change no more: its new place counts as released, too.
    /// </returns>
    public bool Relocate(ReadOnlySpan<byte> key, ChangeId change, ChangeLocation location) =>
        throw new NotImplementedException();
}
