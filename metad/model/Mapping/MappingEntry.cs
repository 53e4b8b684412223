using Sync.Metad.Model.Clients;

namespace Sync.Metad.Model.Mapping;

/// <summary>The first level of the mappings: whom an entry is for.</summary>
/// <remarks>
/// <code>
/// key                     | for
/// 10.0.0.7, fd00::7       | the caller at that address
/// uid:1000, pod:default:w | the caller of that name
/// 10.0.0.0%2F8, fd00::%2F8 | callers whose address lies in the block
/// default                 | everybody
/// </code>
/// One entry counts, the first of this order, and of several blocks the longest; what a container's label says
/// (<see cref="LabelMapping"/>) comes before blocks. The slash of a block is escaped because
/// the key is one segment of a path; programs that know no blocks read there the name of a caller that never comes, where
/// a plain slash would be a name below an address.
/// </remarks>
public static class MappingEntry
{
    /// <summary>The key of the entry for everybody.</summary>
    public const string Everybody = "default";

    private const string EscapedSlash = "%2F";
    private const string Route = "/v1/mapping/";

    /// <summary>The key that an entry is stored by.</summary>
    /// <param name="text">As written by a user; a block with its slash escaped or not.</param>
    /// <returns>Null when it is no address, name, block or <c>default</c>.</returns>
    public static string? Canonical(string text) =>
        text == Everybody ? text
        : BlockOf(text) is { } block ? KeyOf(block)
        : ClientIdentity.CanonicalKey(text);

    /// <summary>The block that a key stands for.</summary>
    /// <param name="text">As stored, or as written by a user.</param>
    /// <returns>The block by its first address; null when the text is none.</returns>
    public static AddressBlock? BlockOf(string text)
    {
        var plain = text.Replace(EscapedSlash, "/", StringComparison.OrdinalIgnoreCase);
        return plain.Contains('/', StringComparison.Ordinal) && AddressBlock.TryParse(plain, out var block)
            ? block.FromFirst
            : null;
    }

    /// <summary>The key of a block.</summary>
    /// <param name="block">The block by its first address.</param>
    public static string KeyOf(AddressBlock block) =>
        block.ToString().Replace("/", EscapedSlash, StringComparison.Ordinal);

    /// <summary>
    /// A target of the manage API in which a block is one segment, though its slash was escaped like any other character:
    /// <c>/v1/mapping/10.0.0.0%2F8/node</c>. A plain slash leaves the target as it is: a name below an address.
    /// </summary>
    /// <param name="rawTarget">The target of the request line as it was sent.</param>
    public static string KeepWhole(string rawTarget)
    {
        if (!rawTarget.StartsWith(Route, StringComparison.Ordinal))
        {
            return rawTarget;
        }

        var end = rawTarget.AsSpan(Route.Length).IndexOfAny('/', '?');
        var segment = end < 0 ? rawTarget[Route.Length..] : rawTarget.Substring(Route.Length, end);
        return BlockOf(Uri.UnescapeDataString(segment)) is { } block
            ? Route + Uri.EscapeDataString(KeyOf(block)) + rawTarget[(Route.Length + segment.Length)..]
            : rawTarget;
    }
}
