using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Sync.Metad.Auditing;
using Sync.Metad.Clients;
using Sync.Metad.Listening;

namespace Sync.Metad.Admission;

/// <summary>Tells the audit log what the doors did.</summary>
internal sealed class DoorLog
{
    private readonly AuditLog _audit;
    private readonly TimeProvider _time;

    /// <summary>Creates one.</summary>
    public DoorLog(AuditLog audit, TimeProvider time)
    {
        _audit = audit;
        _time = time;
    }

    /// <summary>A request was not served.</summary>
    /// <param name="context">The request; its status is set.</param>
    /// <param name="rawTarget">The target as it was sent.</param>
    /// <param name="caller">Who sent it, as far as it is known.</param>
    /// <param name="reason">One of <see cref="Denial"/>.</param>
    public void Denied(HttpContext context, string rawTarget, string caller, string reason) =>
        Add(context, rawTarget, caller, "denied", reason);

    /// <summary>A write of the manage API was done.</summary>
    /// <param name="context">The request; its status is set.</param>
    /// <param name="rawTarget">The target as it was sent.</param>
    /// <param name="caller">Who sent it.</param>
    public void Changed(HttpContext context, string rawTarget, string caller) =>
        Add(context, rawTarget, caller, "changed", reason: null);

    /// <summary>A connection was not let in.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="role">What it would have reached.</param>
    public void Denied(ConnectionContext connection, ListenerRole role) => _audit.Add(new(
        _time.GetUtcNow(), "denied", NameOf(role), Caller: "", connection.RemoteEndPoint?.ToString() ?? "unix",
        Method: null, Target: null, Status: null, Denial.Connections));

    private void Add(HttpContext context, string rawTarget, string caller, string happened, string? reason) => _audit.Add(new(
        _time.GetUtcNow(),
        happened,
        NameOf(context.Features.GetRequiredFeature<ListenerRole>()),
        caller,
        PeerOf(context),
        context.Request.Method,
        rawTarget,
        context.Response.StatusCode,
        reason));

    private static string NameOf(ListenerRole role) => role.IsManage ? "manage" : "metadata";

    private static string PeerOf(HttpContext context)
    {
        if (context.Features.Get<UnixPeer>() is { } peer)
        {
            return string.Create(CultureInfo.InvariantCulture, $"unix pid {peer.Process} uid {peer.User}");
        }

        var connection = context.Features.GetRequiredFeature<IHttpConnectionFeature>();
        return new IPEndPoint(connection.RemoteIpAddress ?? IPAddress.None, connection.RemotePort).ToString();
    }
}
