using Sync.Etcd.Api;

namespace Sync.Etcd.Client.Mirroring;

/// <summary>What a live watch had to say.</summary>
internal abstract record WatchStep
{
    /// <summary>The ranges are known up to a revision.</summary>
    /// <param name="Joined">The revisions that changed something, in order; perhaps none.</param>
    /// <param name="Through">Nothing else happened up to here.</param>
    public sealed record Advanced(IReadOnlyList<JoinedRevision> Joined, long Through) : WatchStep;

    /// <summary>The watch cannot go on; the keys must be read anew.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Broken(RelistReason Reason) : WatchStep;
}

/// <summary>Reads a stream whose watchers stand, and asks it for its progress when it is silent.</summary>
internal sealed class LiveWatch(
    WatchStream stream, RevisionJoin join, ProgressQuestion question, TimeSpan progressInterval)
{
    // How long a revision is held back before the server is asked again whether the other watchers are that far.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits for the next answer, or for as long as the store may be silent.</summary>
    /// <exception cref="Grpc.Core.RpcException">The stream failed, or the store refused to go on.</exception>
    public async Task<WatchStep> NextAsync()
    {
        var answer = await stream.ReadAsync(join.IsWaiting ? AskAgainAfter : progressInterval).ConfigureAwait(false);
        if (answer is { Canceled: true })
        {
            return answer.CompactRevision != 0
                ? new WatchStep.Broken(RelistReason.Compacted)
                : throw WatchStream.Refusal(answer.CancelReason);
        }

        if (answer is not null && stream.WatcherOf(answer) is var watcher and >= 0 && !join.Take(watcher, answer))
        {
            return new WatchStep.Broken(RelistReason.OutOfOrder);
        }

        var isToldAgain = answer is null || (IsForAll(answer) && TakeProgress(answer));
        var released = join.Release();
        if (isToldAgain || (join.IsWaiting && !question.IsOpen))
        {
            question.Ask();
            await stream.AskProgressAsync().ConfigureAwait(false);
        }

        return new WatchStep.Advanced(released, join.Revision);
    }

    private static bool IsForAll(WatchResponse answer) => answer.WatchId == -1;

    // True when the question must be put once more before the answer can be believed.
    private bool TakeProgress(WatchResponse answer)
    {
        if (question.Answer(answer.Header.Revision) is { } certain)
        {
            join.PassAll(certain);
        }

        return question.IsOpen;
    }
}
