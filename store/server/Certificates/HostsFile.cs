using System.Net;

namespace Sync.Store.Certificates;

/// <summary>The system's own list of hosts, which counts before the name service.</summary>
/// <remarks>Source: hosts(5).</remarks>
internal static class HostsFile
{
    /// <summary>Finds the names of an address.</summary>
    /// <param name="text">What the file holds.</param>
    /// <param name="address">The address.</param>
    public static IReadOnlyList<string> NamesOf(string text, IPAddress address) =>
    [
        .. text.Split('\n')
            .Select(line => line.Split('#')[0].Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length > 0 && IPAddress.TryParse(words[0], out var listed)
                && CertifiedHosts.AreSame(listed, address))
            .SelectMany(words => words.Skip(1)),
    ];
}
