using System.Diagnostics.CodeAnalysis;
using Sync.Templates.Diagnostics;
using Sync.Templates.Functions;
using Sync.Templates.Keys;

namespace Sync.Templates;

/// <summary>What a render produced.</summary>
public sealed class RenderResult
{
    internal RenderResult(ReadOnlyMemory<byte> output, Diagnostic? error, RenderScope scope)
    {
        ErrorKey = error is null ? null : scope.KeyInHand;
        Output = output;
        Error = error is null ? null : scope.WithoutSecrets(error);
        KeysRead = scope.KeysRead;
        HoldsSecrets = scope.HoldsSecrets;
    }

    /// <summary>
    /// The rendered bytes, owned by the result; after an error, what had been written before it.
    /// </summary>
    public ReadOnlyMemory<byte> Output { get; }

    /// <summary>What stopped the render; null when it ran to its end.</summary>
    public Diagnostic? Error { get; }

    /// <summary>
    /// The key, or the pattern of keys, that was asked for last in the action that failed; null when it asked for none.
    /// </summary>
    public string? ErrorKey { get; }

    /// <summary>Whether the render ran to its end and <see cref="Output"/> is whole.</summary>
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;

    /// <summary>
    /// Whether the template read values that are not to be shown: with <c>secret</c>, or by decrypting them. No log and no
    /// difference then shows <see cref="Output"/>; <see cref="Error"/> never has such a value.
    /// </summary>
    public bool HoldsSecrets { get; }

    /// <summary>
    /// Each distinct question the template asked of the keys, in no order. A render of a snapshot that
    /// answers all of them equally gives the same bytes.
    /// </summary>
    public IReadOnlyCollection<KeyRead> KeysRead { get; }
}
