using Sync.Metad.Model.Clients;
using Sync.Metad.Options;

namespace Sync.Metad.Clients;

/// <summary>The addresses whose word about callers is taken.</summary>
internal sealed class TrustedProxies
{
    private readonly AddressBlock[] _blocks;

    /// <summary>Reads the setting once.</summary>
    public TrustedProxies(MetadOptions options) => _blocks =
    [
        .. options.TrustedProxies.Select(text =>
            AddressBlock.TryParse(text, out var block) ? block : throw new FormatException(text)),
    ];

    /// <summary>States that an address's word is taken; without a list everybody's is.</summary>
    /// <param name="address">The peer of a connection.</param>
    public bool Believes(ClientAddress address) => _blocks.Length == 0 || Holds(address);

    /// <summary>States that an address is listed.</summary>
    /// <param name="address">An address.</param>
    public bool Holds(ClientAddress address)
    {
        foreach (var block in _blocks)
        {
            if (block.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
