using System.Net;

namespace Sync.Store.Certificates;

/// <summary>Checks that who shows a certificate calls from a host that it is for.</summary>
/// <param name="addressesOfAsync">Looks up the addresses of a name.</param>
/// <param name="namesOfAsync">Looks up the names of an address.</param>
/// <param name="time">The clock.</param>
/// <remarks>
/// An address in the certificate counts by itself. Of a name one way is enough: it leads to the address, or the address to
/// it. Source: etcd, client/pkg/transport/listener_tls.go.
/// </remarks>
internal sealed class CallerOrigin(
    Func<string, Task<LookupAnswer<IPAddress>>> addressesOfAsync,
    Func<IPAddress, Task<LookupAnswer<string>>> namesOfAsync,
    TimeProvider time)
{
    /// <summary>How long a caller waits for lookups. They go on after that, and are done when it calls again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly RecentAnswers<string, LookupAnswer<IPAddress>> _addresses = new(addressesOfAsync, time);
    private readonly RecentAnswers<IPAddress, LookupAnswer<string>> _names = new(namesOfAsync, time);

    /// <summary>Looks hosts up as this system does.</summary>
    public static CallerOrigin OfSystem(TimeProvider time)
    {
        var lookups = HostLookups.OfSystem;
        return new CallerOrigin(lookups.AddressesOfAsync, lookups.NamesOfAsync, time);
    }

    /// <summary>Finds whether a certificate is not for the caller's address.</summary>
    /// <param name="hosts">The hosts that it is for.</param>
    /// <param name="caller">The address.</param>
    /// <param name="ended">Fires when the caller is gone.</param>
    /// <returns>The end of a sentence that begins with the certificate; null when it is for the address.</returns>
    public async Task<string?> FindFaultAsync(CertifiedHosts hosts, IPAddress caller, CancellationToken ended)
    {
        if (hosts.IsEmpty || hosts.HasAddress(caller))
        {
            return null;
        }

        var address = CertifiedHosts.Plain(caller);
        var failures = new SortedSet<string>(StringComparer.Ordinal);
        if (hosts.Names.Count > 0 && await IsFoundAsync(hosts, address, failures, ended))
        {
            return null;
        }

        return $"is for {hosts} and not for {address}, from where it calls"
            + (failures.Count > 0 ? $" ({string.Join(", ", failures)})" : "")
            + "; give it one for that address or for a name that leads there, or take members from everywhere with "
            + "--peer-skip-client-san-verification";
    }

    private async Task<bool> IsFoundAsync(
        CertifiedHosts hosts, IPAddress caller, SortedSet<string> failures, CancellationToken ended)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ended);
        Task<(bool IsCaller, string? Failure)>[] lookups =
            [IsNamedAsync(hosts, caller), .. hosts.NamesToLookUp.Select(name => LeadsToAsync(name, caller))];
        try
        {
            await foreach (var lookup in Task.WhenEach(lookups).WithCancellation(either.Token))
            {
                var (isCaller, failure) = await lookup;
                if (isCaller)
                {
                    return true;
                }

                if (failure is not null)
                {
                    failures.Add(failure);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // A member that gives up first is told of as well, or nobody would hear of a name service that is away.
            failures.Add("no answer while it waited");
        }

        return false;
    }

    private async Task<(bool IsCaller, string? Failure)> IsNamedAsync(CertifiedHosts hosts, IPAddress caller)
    {
        var answer = await _names.AskAsync(caller);
        return (answer.Found.Any(hosts.HasName), answer.Failure);
    }

    private async Task<(bool IsCaller, string? Failure)> LeadsToAsync(string name, IPAddress caller)
    {
        var answer = await _addresses.AskAsync(name);
        return (answer.Found.Any(found => CertifiedHosts.AreSame(found, caller)), answer.Failure);
    }
}
