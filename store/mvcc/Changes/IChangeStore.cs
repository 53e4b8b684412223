namespace Sync.Mvcc.Changes;

/// <summary>Keeps changes with their values outside memory. The seam between keyspace and disk.</summary>
/// <remarks>
/// Changes are appended in order of <see cref="ChangeId"/>. An append needs no sync of its own: what a crash
/// takes away is written again when the log is replayed.
/// </remarks>
public interface IChangeStore
{
    /// <summary>Writes a change behind all others. Writer thread.</summary>
    /// <param name="change">The change; its bytes are valid during the call only.</param>
    /// <returns>Where it lies now.</returns>
    ChangeLocation Append(in StoredChange change);

    /// <summary>Reads a change back. Any thread, at the same time as the others.</summary>
    /// <param name="location">
    /// What <see cref="Append"/> returned or <see cref="Keyspace.Relocate"/> was told. Readers of an older
    /// <see cref="KeyspaceView"/> may still ask for a location after its release or move, so its bytes go
    /// away only when no such view can be in use.
    /// </param>
    StoredChange Read(ChangeLocation location);

    /// <summary>Says that the keyspace needs this change no more. Writer thread.</summary>
    /// <param name="location">Where the change lies.</param>
    /// <remarks>
    /// A rewrite may drop released puts. It must keep a released <em>delete</em> as long as an older change of
    /// any key that it ends may still lie in an earlier segment, or a restart would bring that key back; a
    /// rewrite that begins with the oldest segment may drop released deletes too. Restoring releases again what
    /// it finds to be compacted, so releases themselves need not be durable.
    /// </remarks>
    void Release(ChangeLocation location);
}
