using DnsClient;
using Sync.Store.Hosting;
using Sync.Store.Options;
using Sync.Store.Peers;

namespace Sync.Store.Discovery;

/// <summary>Asks DNS for services, which the system's resolver does not, and the system for the addresses of hosts.</summary>
/// <param name="nameServers">Who is asked for services, in this order.</param>
internal sealed class ServiceResolver(IReadOnlyList<NameServer> nameServers)
{
    private readonly LookupClient _client = new(new LookupClientOptions([.. nameServers])
    {
        UseCache = false,
    });

    /// <summary>The resolver that asks the name servers of this machine.</summary>
    /// <exception cref="StartException">It has none.</exception>
    public static ServiceResolver OfSystem() => NameServer.ResolveNameServersNative() is { Count: > 0 } servers
        ? new ServiceResolver([.. servers])
        : throw new StartException("--discovery-srv asks DNS, and /etc/resolv.conf names no name server; name one there.");

    /// <summary>Where a service is offered, with the addresses of the hosts.</summary>
    /// <param name="name">The name of its records.</param>
    /// <param name="scheme">The scheme that it is spoken with.</param>
    /// <param name="stop">Gives the question up.</param>
    /// <returns>The places, in any order; none when there are no such records.</returns>
    /// <exception cref="StartException">DNS did not answer, or with what is no place.</exception>
    public async Task<IReadOnlyList<PeerPlace>> FindAsync(string name, string scheme, CancellationToken stop)
    {
        var faults = new List<string>();
        var urls = (await AskAsync(name, stop))

            // A dot says that the service is not offered. Source: RFC 2782.
            .Where(record => record.Host.Length > 0)
            .Select(record => UrlList.Parse($"SRV record of {name}", $"{scheme}://{record.Host}:{record.Port}", faults))
            .OfType<Uri>()
            .ToList();
        return faults.Count == 0
            ? await Task.WhenAll(urls.Select(url => PeerPlace.LocateAsync(url, stop)))
            : throw new StartException(string.Join(' ', faults));
    }

    // The first name server that knows counts: that there are no such records is an answer too.
    private async Task<IEnumerable<(string Host, int Port)>> AskAsync(string name, CancellationToken stop)
    {
        StartException? failure = null;
        foreach (var server in nameServers)
        {
            try
            {
                var answer = await _client.QueryServerAsync([server], name, QueryType.SRV, cancellationToken: stop);
                if (!answer.HasError || answer.Header.ResponseCode == DnsHeaderResponseCode.NotExistentDomain)
                {
                    return answer.Answers.SrvRecords().Select(record => (record.Target.Value.TrimEnd('.'), (int)record.Port));
                }

                failure = NotTold(name, $"{answer.NameServer} answers: {answer.ErrorMessage}.", cause: null);
            }
            catch (Exception end) when (end is DnsResponseException or DnsResponseParseException or DnsXidMismatchException)
            {
                stop.ThrowIfCancellationRequested();
                failure = NotTold(name, end.Message, end);
            }
        }

        throw failure ?? NotTold(name, "there is no name server.", cause: null);
    }

    // Members that go on with half of the answers would found another cluster than those that have both.
    private static StartException NotTold(string name, string reason, Exception? cause) => new(
        $"error querying DNS SRV records for {name}: {reason} Start the member again when the name servers of "
        + "/etc/resolv.conf know.",
        cause);
}
