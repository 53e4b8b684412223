using Sync.Metad.Model.Clients;
using Sync.Metad.Options;

namespace Sync.Metad.Clients;

/// <summary>The addresses whose word about callers is taken.</summary>
internal sealed class TrustedProxies
{
    // Replaced whole when the settings are read anew.
    private AddressBlock[] _blocks;

    /// <summary>Reads the setting.</summary>
    public TrustedProxies(MetadOptions options) => _blocks = BlocksOf(options);

    /// <summary>States that an address's word is taken; without a list everybody's is.</summary>
    /// <param name="address">The peer of a connection.</param>
    public bool Believes(ClientAddress address) => Volatile.Read(ref _blocks).Length == 0 || Holds(address);

    /// <summary>States that an address is listed.</summary>
    /// <param name="address">An address.</param>
    public bool Holds(ClientAddress address)
    {
        foreach (var block in Volatile.Read(ref _blocks))
        {
            if (block.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads the setting anew.</summary>
    /// <param name="options">The settings of now.</param>
    public void Renew(MetadOptions options) => Volatile.Write(ref _blocks, BlocksOf(options));

    private static AddressBlock[] BlocksOf(MetadOptions options) =>
    [
        .. options.TrustedProxies.Select(text =>
            AddressBlock.TryParse(text, out var block) ? block : throw new FormatException(text)),
    ];
}
