using Sync.Metad.Model.Clients;

namespace Sync.Metad.Admission;

/// <summary>What becomes of a request at the door.</summary>
internal abstract record Admittance
{
    private Admittance()
    {
    }

    /// <summary>It is let in.</summary>
    /// <param name="Client">Who sent it.</param>
    internal sealed record Admitted(ClientIdentity Client) : Admittance;

    /// <summary>It is answered at the door.</summary>
    /// <param name="Status">The HTTP status.</param>
    /// <param name="Message">One sentence for the caller.</param>
    /// <param name="Reason">One of <see cref="Auditing.Denial"/>.</param>
    /// <param name="Caller">Who sent it, as far as it is known.</param>
    internal sealed record Refused(int Status, string Message, string Reason, string Caller) : Admittance;
}
