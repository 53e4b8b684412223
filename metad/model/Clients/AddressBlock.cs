using System.Globalization;

namespace Sync.Metad.Model.Clients;

/// <summary>A block of addresses: <c>10.0.0.0/8</c>, <c>fd00::/8</c>, or one address.</summary>
/// <param name="Network">An address of the block.</param>
/// <param name="PrefixBits">How many leading bits of the 128-bit form agree, 0 to 128; IPv4 lengths count from 96.</param>
public readonly record struct AddressBlock(ClientAddress Network, int PrefixBits)
{
    private const int Ipv4StartBits = 96;

    /// <summary>The same block by its first address: of <c>10.0.0.5/8</c> it is <c>10.0.0.0/8</c>.</summary>
    public AddressBlock FromFirst => this with { Network = Network.FirstOf(PrefixBits) };

    /// <summary>Reads a block.</summary>
    /// <param name="text">An address, or an address, a slash and a decimal prefix length.</param>
    /// <param name="block">The block.</param>
    /// <returns>False when the text is neither.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out AddressBlock block)
    {
        block = default;
        var slash = text.IndexOf('/');
        if (!ClientAddress.TryParse(slash < 0 ? text : text[..slash], out var network))
        {
            return false;
        }

        var bitsMax = network.IsIpv4 ? 32 : 128;
        var bits = bitsMax;
        if (slash >= 0 && (!int.TryParse(
            text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out bits) || bits > bitsMax))
        {
            return false;
        }

        block = new(network, 128 - bitsMax + bits);
        return true;
    }

    /// <summary>States that an address lies in the block.</summary>
    /// <param name="address">A caller's address.</param>
    public bool Contains(ClientAddress address) => address.SharesPrefix(Network, PrefixBits);

    /// <summary>The address, a slash and the length in bits of the address's own family.</summary>
    public override string ToString() => $"{Network}/{PrefixBits - (Network.IsIpv4 ? Ipv4StartBits : 0)}";
}
