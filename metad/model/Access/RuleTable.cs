using System.Collections.Immutable;
using Sync.Metad.Model.Clients;

namespace Sync.Metad.Model.Access;

/// <summary>The stored rules of all hosts of a group. Immutable.</summary>
/// <remarks>
/// A host is a caller's name or address, a block of addresses, or <c>*</c>; the first name that has rules counts, else
/// the most specific host that covers the address, alone.
/// A list that cannot be read leaves the host the last good one; a host without a good list yet is shown nothing.
/// </remarks>
public sealed class RuleTable
{
    private const string Everybody = "*";

    private readonly ImmutableSortedDictionary<string, HostRules> _byHost;
    private readonly ImmutableDictionary<ClientAddress, HostRules> _byAddress;
    private readonly ImmutableArray<(AddressBlock Block, HostRules Rules)> _byBlock;

    private RuleTable(
        ImmutableSortedDictionary<string, HostRules> byHost,
        ImmutableDictionary<ClientAddress, HostRules> byAddress,
        ImmutableArray<(AddressBlock Block, HostRules Rules)> byBlock)
    {
        _byHost = byHost;
        _byAddress = byAddress;
        _byBlock = byBlock;
    }

    /// <summary>The table without hosts.</summary>
    public static RuleTable Empty { get; } = new(
        ImmutableSortedDictionary.Create<string, HostRules>(StringComparer.Ordinal),
        ImmutableDictionary<ClientAddress, HostRules>.Empty,
        []);

    /// <summary>The hosts as they are named in the backend, in byte order, with their rules.</summary>
    public IReadOnlyDictionary<string, HostRules> Hosts => _byHost;

    /// <summary>The rules that cover a caller.</summary>
    /// <param name="client">The caller.</param>
    /// <returns>Null when no host of the table does.</returns>
    public AccessRules? Of(ClientIdentity client)
    {
        foreach (var name in client.Names)
        {
            if (_byHost.TryGetValue(name.Text, out var named))
            {
                return named.Rules;
            }
        }

        return client.Address is { } address ? OfAddress(address) : _byHost.GetValueOrDefault(Everybody)?.Rules;
    }

    private AccessRules? OfAddress(ClientAddress client)
    {
        if (_byAddress.TryGetValue(client, out var exact))
        {
            return exact.Rules;
        }

        foreach (var (block, rules) in _byBlock)
        {
            if (block.Contains(client))
            {
                return rules.Rules;
            }
        }

        return null;
    }

    /// <summary>The table after changes.</summary>
    /// <param name="changes">The stored list of each changed host; null removes the host.</param>
    public RuleTable Apply(IReadOnlyDictionary<string, byte[]?> changes)
    {
        if (changes.Count == 0)
        {
            return this;
        }

        var hosts = _byHost.ToBuilder();
        foreach (var (host, json) in changes)
        {
            if (json is null)
            {
                hosts.Remove(host);
                continue;
            }

            var list = RuleDocument.ReadList(json);
            var before = hosts.TryGetValue(host, out var known) ? known.Rules : AccessRules.Nothing;
            hosts[host] = list.IsRefused ? new(before, list.Problem) : HostRules.Of(list.Value);
        }

        var byHost = hosts.ToImmutable();
        return new(byHost, AddressesAfter(byHost, changes.Keys), BlocksAfter(byHost, changes.Keys));
    }

    // The canonical spelling of an address wins over other spellings that older programs may have stored.
    private ImmutableDictionary<ClientAddress, HostRules> AddressesAfter(
        ImmutableSortedDictionary<string, HostRules> byHost, IEnumerable<string> changed)
    {
        var addresses = _byAddress.ToBuilder();
        foreach (var host in changed)
        {
            if (!ClientAddress.TryParse(host, out var address))
            {
                continue;
            }

            var canonical = address.ToString();
            var spelling = byHost.ContainsKey(canonical) ? canonical
                : byHost.ContainsKey(host) ? host
                : byHost.Keys.FirstOrDefault(other => ClientAddress.TryParse(other, out var same) && same == address);
            if (spelling is null)
            {
                addresses.Remove(address);
            }
            else
            {
                addresses[address] = byHost[spelling];
            }
        }

        return addresses.ToImmutable();
    }

    private ImmutableArray<(AddressBlock Block, HostRules Rules)> BlocksAfter(
        ImmutableSortedDictionary<string, HostRules> byHost, IEnumerable<string> changed)
    {
        if (!changed.Any(host => BlockOf(host) is not null))
        {
            return _byBlock;
        }

        return
        [
            .. from host in byHost
               let block = BlockOf(host.Key)
               where block is not null
               orderby block.Value.PrefixBits descending
               select (block.Value, host.Value),
        ];
    }

    private static AddressBlock? BlockOf(string host) =>
        host == Everybody ? new AddressBlock(default, PrefixBits: 0)
        : host.Contains('/', StringComparison.Ordinal) && AddressBlock.TryParse(host, out var block) ? block
        : null;
}
