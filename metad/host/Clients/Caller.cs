using Sync.Metad.Model.Clients;

namespace Sync.Metad.Clients;

/// <summary>What is known of a caller.</summary>
internal abstract record Caller
{
    private Caller()
    {
    }

    /// <summary>It is known who calls.</summary>
    /// <param name="Client">The caller.</param>
    internal sealed record Known(ClientIdentity Client) : Caller;

    /// <summary>A proxy that is believed named something that is no address.</summary>
    internal sealed record Malformed : Caller;

    /// <summary>The request came through a proxy, and none is wanted.</summary>
    internal sealed record Forwarded : Caller;

    /// <summary>The request says whom it speaks for, and what it shows for that is no good.</summary>
    /// <param name="Problem">What is wrong, in a sentence.</param>
    internal sealed record Forged(string Problem) : Caller;
}
