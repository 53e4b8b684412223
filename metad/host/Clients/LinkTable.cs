using System.Globalization;
using System.Net;
using Sync.Metad.Model.Clients;

namespace Sync.Metad.Clients;

/// <summary>Names the links that callers come over, as mappings and rules name them: <c>fe80::1%eth0</c>.</summary>
/// <remarks>
/// Read at each use, which only an address of a link makes: a name may be given to another interface.
/// Source: Linux, <c>/proc/net/if_inet6</c>: address, number, length, scope and flags in hexadecimal digits, and the name.
/// </remarks>
internal sealed class LinkTable
{
    private readonly string _file;

    /// <summary>Reads a file.</summary>
    /// <param name="file"><c>/proc/net/if_inet6</c>, or one that looks like it.</param>
    public LinkTable(string file = "/proc/net/if_inet6") => _file = file;

    /// <summary>The address of a socket's peer, with the name of its link where that counts.</summary>
    /// <param name="peer">The peer.</param>
    /// <returns>A link that has no name any more keeps its number.</returns>
    public ClientAddress AddressOf(IPAddress peer) => ClientAddress.Of(
        peer, link: peer is { IsIPv6LinkLocal: true, ScopeId: var number and not 0 } ? NameOf(number) : null);

    private string? NameOf(long number)
    {
        try
        {
            return File.ReadLines(_file)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words.Length == 6 && long.TryParse(
                    words[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var index) && index == number)
                .Select(words => words[5])
                .FirstOrDefault();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
