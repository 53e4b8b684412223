using Sync.Simulation.Histories;

namespace Sync.Simulation.Clusters;

/// <summary>How a call to a member ended.</summary>
internal enum CallEnd
{
    /// <summary>With an answer.</summary>
    Answered,

    /// <summary>With an error that says for certain that nothing happened.</summary>
    Failed,

    /// <summary>With nothing that tells whether it happened, or still will.</summary>
    Unknown,
}

/// <summary>A client's call on a member, until its end.</summary>
/// <param name="operation">What is asked.</param>
/// <param name="ended">Told of the end, once.</param>
internal sealed class OpenCall(HistoryOperation operation, Action<CallEnd, KvResponse?> ended)
{
    private bool _hasEnded;

    public HistoryOperation Operation => operation;

    public KvRequest Request => operation.Request;

    public void Answer(KvResponse response) => End(CallEnd.Answered, response);

    public void End(CallEnd end, KvResponse? response = null)
    {
        if (!_hasEnded)
        {
            _hasEnded = true;
            ended(end, response);
        }
    }
}
