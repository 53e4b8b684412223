using Sync.Metad.Model.Clients;

namespace Sync.Metad.Clients;

/// <summary>What is known of a caller.</summary>
internal abstract record Caller
{
    private Caller()
    {
    }

    /// <summary>The caller has an address.</summary>
    /// <param name="Address">The canonical address.</param>
    internal sealed record Known(ClientAddress Address) : Caller;

    /// <summary>A proxy that is believed named something that is no address.</summary>
    internal sealed record Malformed : Caller;

    /// <summary>The request came through a proxy, and none is wanted.</summary>
    internal sealed record Forwarded : Caller;
}
