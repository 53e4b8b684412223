using System.Globalization;
using System.Text;
using Sync.Metad.Watching;

namespace Sync.Metad;

/// <summary>What the program counts, in Prometheus's text form.</summary>
internal sealed class MetadMetrics
{
    private long _requests;
    private long _manageRequests;
    private long _notFound;
    private long _refused;
    private long _failed;
    private long _reloads;
    private long _unreadableRules;

    /// <summary>A request of the metadata API was answered.</summary>
    /// <param name="status">The HTTP status.</param>
    public void CountRequest(int status)
    {
        Interlocked.Increment(ref _requests);
        CountStatus(status);
    }

    /// <summary>A request of the manage API was answered.</summary>
    /// <param name="status">The HTTP status.</param>
    public void CountManageRequest(int status)
    {
        Interlocked.Increment(ref _manageRequests);
        CountStatus(status);
    }

    /// <summary>All keys were read anew.</summary>
    public void CountReload() => Interlocked.Increment(ref _reloads);

    /// <summary>Stored rules of a host could not be read.</summary>
    public void CountUnreadableRules() => Interlocked.Increment(ref _unreadableRules);

    /// <summary>Writes all figures.</summary>
    /// <param name="state">The state of now.</param>
    /// <param name="waiters">How many requests wait.</param>
    /// <param name="now">The time, for the staleness.</param>
    public string Write(FeedState state, int waiters, DateTimeOffset now)
    {
        var stale = state.LostSince is { } since ? Math.Max(0, (now - since).TotalSeconds) : 0;
        var text = new StringBuilder();
        Add("requests_total", "counter", "Requests of the metadata API.", _requests);
        Add("manage_requests_total", "counter", "Requests of the manage API.", _manageRequests);
        Add("not_found_total", "counter", "Requests answered with 404, denied ones included.", _notFound);
        Add("refused_total", "counter", "Requests answered with another status from 400 to 499.", _refused);
        Add("failed_total", "counter", "Requests answered with a status from 500.", _failed);
        Add("waiters", "gauge", "Requests that wait for a change.", waiters);
        Add("revision", "gauge", "Revision of the backend that answers come from.", state.Snapshot.Revision);
        Add("loaded", "gauge", "1 when the backend's keys have been read.", state.IsLoaded ? 1 : 0);
        Add("stale_seconds", "gauge", "Seconds since the backend was last followed; 0 while it is.", stale);
        Add("reloads_total", "counter", "Times that all keys were read anew.", _reloads);
        Add("unreadable_rules_total", "counter", "Stored rule lists that could not be read.", _unreadableRules);
        return text.ToString();

        void Add(string name, string kind, string help, double value) => text.Append(
            CultureInfo.InvariantCulture, $"# HELP metad_{name} {help}\n# TYPE metad_{name} {kind}\nmetad_{name} {value}\n");
    }

    private void CountStatus(int status)
    {
        if (status == StatusCodes.Status404NotFound)
        {
            Interlocked.Increment(ref _notFound);
        }
        else if (status >= 500)
        {
            Interlocked.Increment(ref _failed);
        }
        else if (status >= 400)
        {
            Interlocked.Increment(ref _refused);
        }
    }
}
