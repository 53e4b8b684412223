using System.Net;
using System.Net.Sockets;
using DnsClient;

namespace Sync.Store.Certificates;

/// <summary>Looks up names and addresses of hosts. No lookup fails: it answers that nothing was found, and why.</summary>
/// <param name="hostsFile">Path of the system's list of hosts.</param>
/// <param name="service">Which name servers are asked for the names of an address.</param>
#pragma warning disable CA1001 // Nobody asks the semaphore for its wait handle, and without one it holds nothing.
internal sealed class HostLookups(string hostsFile, LookupClientOptions service)
#pragma warning restore CA1001
{
    // The system's resolver holds a thread as long as it waits.
    private const int ThreadsMax = 4;

    private readonly SemaphoreSlim _room = new(ThreadsMax);

    /// <summary>Those of this system, read anew each time.</summary>
    public static HostLookups OfSystem => new("/etc/hosts", new LookupClientOptions { UseCache = false });

    /// <summary>The addresses of a name, as this system finds them for every program.</summary>
    /// <param name="name">The name.</param>
    public async Task<LookupAnswer<IPAddress>> AddressesOfAsync(string name)
    {
        await _room.WaitAsync();
        try
        {
            // Dns's own asynchronous methods would wait on a thread of the pool, which carries the heartbeats.
            return new LookupAnswer<IPAddress>(await Task.Factory.StartNew(
                () => Dns.GetHostAddresses(name),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default));
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            return LookupAnswer<IPAddress>.None(name, failure.Message);
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>All names of an address: those in the list of hosts or, if it is not there, in the name service.</summary>
    /// <param name="address">The address.</param>
    /// <remarks>
    /// <see cref="Dns"/> tells one name only, and not always the one that is certified. Source: Go, net, LookupAddr.
    /// </remarks>
    public async Task<LookupAnswer<string>> NamesOfAsync(IPAddress address)
    {
        try
        {
            var listed = HostsFile.NamesOf(
                File.Exists(hostsFile) ? await File.ReadAllTextAsync(hostsFile) : "", address);
            if (listed.Count > 0)
            {
                return new LookupAnswer<string>(listed);
            }

            var answer = await new LookupClient(service).QueryReverseAsync(address);
            return answer.HasError
                ? LookupAnswer<string>.None(address, answer.ErrorMessage)
                : new LookupAnswer<string>(
                    [.. answer.Answers.PtrRecords().Select(record => record.PtrDomainName.Value.TrimEnd('.'))]);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or DnsResponseException
            or DnsResponseParseException or DnsXidMismatchException or InvalidOperationException or ArgumentException)
        {
            // The last two: the system names no server that could be asked.
            return LookupAnswer<string>.None(address, failure.Message);
        }
    }
}
