namespace Sync.Metad.Auditing;

/// <summary>Why a request or a connection was not served. The names are those of the metric and of the log.</summary>
internal static class Denial
{
    /// <summary>It asked for a server of another name.</summary>
    public const string Host = "host";

    /// <summary>A page of a web site sent it.</summary>
    public const string Origin = "origin";

    /// <summary>It came through a proxy, or says so, and none is wanted.</summary>
    public const string Forwarded = "forwarded";

    /// <summary>A trusted proxy named a caller that is none.</summary>
    public const string MalformedCaller = "malformed_caller";

    /// <summary>It says whom it speaks for without proof.</summary>
    public const string Signature = "signature";

    /// <summary>The header that guards reads was missing.</summary>
    public const string GuardHeader = "guard_header";

    /// <summary>The session token was missing, too old, or another caller's.</summary>
    public const string SessionToken = "session_token";

    /// <summary>The path was in need of cleaning.</summary>
    public const string Path = "path";

    /// <summary>The caller has no rules and no mapping.</summary>
    public const string UnknownCaller = "unknown_caller";

    /// <summary>What it asked for is there, and not for this caller.</summary>
    public const string Hidden = "hidden";

    /// <summary>Too many requests wait.</summary>
    public const string Waiters = "waiters";

    /// <summary>Too many connections are open.</summary>
    public const string Connections = "connections";

    /// <summary>Whoever wants to manage showed nothing, or nothing good.</summary>
    public const string Authentication = "authentication";

    /// <summary>Nothing good was shown too often.</summary>
    public const string AuthenticationRate = "authentication_rate";

    /// <summary>A write had a body of a type that pages of web sites can send too.</summary>
    public const string ContentType = "content_type";

    /// <summary>All of them, for the metric.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Host, Origin, Forwarded, MalformedCaller, Signature, GuardHeader, SessionToken, Path, UnknownCaller, Hidden, Waiters,
        Connections, Authentication, AuthenticationRate, ContentType,
    ];
}
