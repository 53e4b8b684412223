using Sync.Mvcc.Watching;

namespace Sync.Store.Watching;

/// <summary>What other threads tell the watch loop.</summary>
internal abstract record WatchInput
{
    private WatchInput()
    {
    }

    /// <summary>There may be something new to read, or to say: a view, or a progress that is due.</summary>
    internal sealed record Look : WatchInput;

    /// <summary>A client opened a stream.</summary>
    internal sealed record Open(WatchSession Session) : WatchInput;

    /// <summary>A client wants a watch on its stream.</summary>
    /// <param name="Session">The stream.</param>
    /// <param name="Request">What to watch.</param>
    /// <param name="Fragments">Whether large responses are to be split.</param>
    internal sealed record Create(WatchSession Session, WatchRequest Request, bool Fragments) : WatchInput;

    /// <summary>A client gives a watch up.</summary>
    internal sealed record Cancel(WatchSession Session, long WatchId) : WatchInput;

    /// <summary>A client asks how far its stream is.</summary>
    internal sealed record RequestProgress(WatchSession Session) : WatchInput;

    /// <summary>A stream has sent responses.</summary>
    /// <param name="Session">The stream.</param>
    /// <param name="Responses">How many of those that take room.</param>
    /// <param name="Bytes">The sum of their <see cref="WatchNotice.Bytes"/>.</param>
    internal sealed record AddRoom(WatchSession Session, int Responses, long Bytes) : WatchInput;

    /// <summary>A stream ended.</summary>
    internal sealed record Close(WatchSession Session) : WatchInput;
}
