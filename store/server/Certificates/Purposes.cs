using System.Security.Cryptography;

namespace Sync.Store.Certificates;

/// <summary>What a certificate may be for.</summary>
/// <remarks>Source: RFC 5280, section 4.2.1.12, extended key usage. A certificate without a list is for everything.</remarks>
internal static class Purposes
{
    /// <summary>To be a server.</summary>
    public static Oid Server { get; } = new("1.3.6.1.5.5.7.3.1");

    /// <summary>To be a client, or a member that calls another.</summary>
    public static Oid Client { get; } = new("1.3.6.1.5.5.7.3.2");
}
