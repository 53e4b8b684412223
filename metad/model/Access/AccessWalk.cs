using System.Diagnostics.CodeAnalysis;

namespace Sync.Metad.Model.Access;

/// <summary>
/// Where a walk through data stands in a host's rules. Listing a directory and reading a path take the same steps, so
/// both show exactly the same leaves.
/// </summary>
/// <remarks>
/// <para>
/// Two readings of the rules go side by side, and a step or a value needs the leave of both. The plain reading is
/// metad's: at each segment the exact name wins over the wildcard for good, a rule with rules below it may be entered,
/// and the mode of the last rule passed holds until another is met. The careful reading keeps the wildcard in play
/// where the exact name has no rule of its own: the most specific rule with a mode counts, and what is less specific
/// than it is dropped. Because both must agree, Sync never shows what metad hides.
/// </para>
/// <para>
/// Rules <c>/</c> read, <c>/clusters/*</c> forbidden, <c>/clusters/cl-1/env/username</c> read. The plain reading lets
/// all of cl-1 through, since the exact cl-1 has no mode and read came down from the root. In the careful reading
/// cl-1 takes the wildcard's forbidden, and only the user name shows.
/// </para>
/// </remarks>
public readonly struct AccessWalk : IEquatable<AccessWalk>
{
    private static readonly RuleNode[] NoCandidates = [];

    private readonly RuleNode? _plain;
    private readonly RuleNode[] _careful;
    private readonly AccessMode _plainMode;
    private readonly AccessMode _carefulMode;

    private AccessWalk(RuleNode? plain, AccessMode plainMode, RuleNode[] careful, AccessMode carefulMode)
    {
        _plain = plain;
        _plainMode = plainMode;
        _careful = careful;
        _carefulMode = carefulMode;
    }

    /// <summary>States that a value at this place may be shown.</summary>
    public bool MayRead => _plainMode == AccessMode.Read && _carefulMode == AccessMode.Read;

    /// <summary>
    /// States that no rule lies below: everything below has the answer of <see cref="MayRead"/>.
    /// </summary>
    public bool IsUniform => _plain is not { HasChildren: true } && _careful.Length == 0;

    /// <summary>The state at the root of the data, which may always be entered.</summary>
    /// <param name="root">The rule node of the path <c>/</c>.</param>
    internal static AccessWalk AtRoot(RuleNode root)
    {
        var mode = root.Mode == AccessMode.Unset ? AccessMode.Forbidden : root.Mode;
        return new(root, mode, root.HasChildren ? [root] : NoCandidates, mode);
    }

    /// <summary>Steps into a child.</summary>
    /// <param name="name">The child's name.</param>
    /// <param name="below">The state there, when the step is allowed.</param>
    /// <returns>
    /// False when the child is hidden whole. A directory that may be entered can still turn out to show nothing.
    /// </returns>
    public bool TryEnter(ReadOnlySpan<byte> name, out AccessWalk below)
    {
        // The caller may step in place, below being the variable that holds this very walk.
        var here = this;
        below = here;
        if (here.IsUniform)
        {
            return here.MayRead;
        }

        if (!here.TryEnterPlain(name, out var plain, out var plainMode))
        {
            return false;
        }

        var careful = here.StepCarefully(name, out var carefulMode);
        if (carefulMode != AccessMode.Read && careful.Length == 0)
        {
            return false;
        }

        below = new(plain, plainMode, careful, carefulMode);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(AccessWalk other) =>
        ReferenceEquals(_plain, other._plain) && _plainMode == other._plainMode && _carefulMode == other._carefulMode
        && (_careful ?? NoCandidates).AsSpan().SequenceEqual(other._careful ?? NoCandidates);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is AccessWalk other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_plain, _plainMode, _carefulMode);

    /// <summary>Compares two states.</summary>
    /// <param name="left">One state.</param>
    /// <param name="right">The other state.</param>
    public static bool operator ==(AccessWalk left, AccessWalk right) => left.Equals(right);

    /// <summary>Tells two states apart.</summary>
    /// <param name="left">One state.</param>
    /// <param name="right">The other state.</param>
    public static bool operator !=(AccessWalk left, AccessWalk right) => !left.Equals(right);

    private bool TryEnterPlain(ReadOnlySpan<byte> name, out RuleNode? found, out AccessMode mode)
    {
        found = _plain?.Exact(name) ?? _plain?.Wildcard;
        mode = found is null or { Mode: AccessMode.Unset } ? _plainMode : found.Mode;
        return found is null
            ? _plainMode == AccessMode.Read
            : found.HasChildren || found.Mode == AccessMode.Read;
    }

    // The rules that still matter at the child, most specific first; those without rules below them only lend a mode.
    private RuleNode[] StepCarefully(ReadOnlySpan<byte> name, out AccessMode mode)
    {
        mode = _carefulMode;
        var kept = NoCandidates;
        foreach (var candidate in _careful)
        {
            if (Keep(candidate.Exact(name), ref kept, ref mode))
            {
                break;
            }

            var wildcard = candidate.Wildcard;
            if (wildcard is not null && name is not [(byte)'*'] && Keep(wildcard, ref kept, ref mode))
            {
                break;
            }
        }

        return kept;
    }

    // Returns true when the rule has a mode, which ends the search: what is less specific is dropped.
    private static bool Keep(RuleNode? rule, ref RuleNode[] kept, ref AccessMode mode)
    {
        if (rule is null)
        {
            return false;
        }

        if (rule.HasChildren)
        {
            kept = [.. kept, rule];
        }

        if (rule.Mode == AccessMode.Unset)
        {
            return false;
        }

        mode = rule.Mode;
        return true;
    }
}
