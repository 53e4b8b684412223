using System.Net;

namespace Sync.Store.Certificates;

/// <summary>
/// Chooses which refused callers are told: one that tries again and again is told once in a while, and strangers cannot fill
/// the log with names that they make up.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class RefusedCallers(TimeProvider time)
{
    private const int ToldMax = 20;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    // Held while the fields below are used.
    private readonly Lock _lock = new();
    private readonly HashSet<(IPAddress? Address, string Reason)> _told = [];
    private long _began = time.GetTimestamp();

    /// <summary>Whether this refusal is to be told.</summary>
    /// <param name="caller">Who called; its port is another each time and does not count.</param>
    /// <param name="reason">Why it was refused.</param>
    public bool IsToBeTold(EndPoint? caller, string reason)
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_began) >= Period)
            {
                _told.Clear();
                _began = time.GetTimestamp();
            }

            return _told.Count < ToldMax && _told.Add(((caller as IPEndPoint)?.Address, reason));
        }
    }
}
