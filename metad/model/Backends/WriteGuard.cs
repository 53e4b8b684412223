namespace Sync.Metad.Model.Backends;

/// <summary>What must still hold of the backend for a write to happen; asked in the transaction that writes.</summary>
/// <param name="Ranges">No key in one of these <c>[start, end)</c> was set after <paramref name="Revision"/>.</param>
/// <param name="Revision">The revision that the writer decided from.</param>
/// <param name="Present">Keys that must exist, so that a removal since then is seen too.</param>
/// <param name="IsAbsent">States that no key may exist in the ranges, whatever its age.</param>
public sealed record WriteGuard(
    IReadOnlyList<(byte[] Start, byte[] End)> Ranges, long Revision, IReadOnlyList<byte[]> Present, bool IsAbsent);
