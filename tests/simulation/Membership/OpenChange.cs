using Sync.Member.Membership;

namespace Sync.Simulation.Membership;

/// <summary>An operator's call for a change of the members, until its end.</summary>
/// <param name="change">What is asked.</param>
/// <param name="ended">Told of the end, once, whatever it is: the members tell whether it was made.</param>
internal sealed class OpenChange(ClusterChange change, Action ended)
{
    private bool _hasEnded;

    public ClusterChange Change => change;

    public void End()
    {
        if (!_hasEnded)
        {
            _hasEnded = true;
            ended();
        }
    }
}
