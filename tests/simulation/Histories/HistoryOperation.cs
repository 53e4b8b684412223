using System.Globalization;

namespace Sync.Simulation.Histories;

/// <summary>One request of a client and what became of it.</summary>
internal sealed record HistoryOperation
{
    /// <summary>The return of an operation whose outcome is unknown: it may still happen at any time.</summary>
    public const long Never = long.MaxValue;

    public required int Id { get; init; }

    public required int Client { get; init; }

    public required KvRequest Request { get; init; }

    /// <summary>When it was sent.</summary>
    public required long Invoke { get; init; }

    /// <summary>When the answer came; <see cref="Never"/> while the outcome is unknown.</summary>
    public long Return { get; set; } = Never;

    /// <summary>The answer; null while the outcome is unknown.</summary>
    public KvResponse? Response { get; set; }

    /// <summary>Whether the client was told for certain that it had no effect.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Whether the client gave up, though neither the member nor the connection had.</summary>
    public bool HasHung { get; set; }

    /// <summary>For the end of a lease: whether a client may have asked for it.</summary>
    public bool IsDoubtful { get; init; }

    public bool IsUnknown => Response is null && !HasFailed;

    /// <summary>Whether it was refused for an alarm, and so had no effect.</summary>
    public bool IsForbidden => Response is KvResponse.Refused { Reason: KvRefusal.NoSpace or KvRefusal.Corrupt };

    /// <summary>Notes how the call ended.</summary>
    /// <param name="hasFailed">Whether the client was told for certain that it had no effect.</param>
    /// <param name="response">The answer; null when there was none.</param>
    /// <param name="now">The time.</param>
    public void End(bool hasFailed, KvResponse? response, long now)
    {
        HasFailed = hasFailed;
        Response = response;
        Return = response is null ? Never : now;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"#{Id} client {Client} [{Invoke / 1e6:F6}, {(Return == Never ? "..." : (Return / 1e6).ToString("F6", CultureInfo.InvariantCulture))}] ")
        + $"{Request} -> {(HasFailed ? "failed" : Response?.ToString() ?? "unknown")}";
}
