using System.Text;
using Sync.Templates.Functions;

namespace Sync.Templates.Patterns;

/// <summary>A set of characters, as ranges in order.</summary>
internal sealed class RuneSet
{
    /// <summary>The last character there is.</summary>
    public const int RuneMax = 0x10FFFF;

    // All runes that have other cases lie below this one.
    private const int CasedEnd = 0x1F000;

    private static readonly Lazy<List<int[]>> Orbits = new(FindOrbits);

    // First and last of each range in turn; ranges neither overlap nor touch.
    private readonly int[] _bounds;

    private RuneSet(int[] bounds) => _bounds = bounds;

    /// <summary>Every character.</summary>
    public static RuneSet Any { get; } = Of((0, RuneMax));

    /// <summary>Every character but the line feed.</summary>
    public static RuneSet AnyButLineFeed { get; } = Of(('\n', '\n')).Negated();

    /// <summary>The ranges, each with its first and its last character.</summary>
    public IEnumerable<(int First, int Last)> Ranges
    {
        get
        {
            for (var index = 0; index < _bounds.Length; index += 2)
            {
                yield return (_bounds[index], _bounds[index + 1]);
            }
        }
    }

    /// <summary>The set of ranges in any order, each with its first and its last character.</summary>
    public static RuneSet Of(params IEnumerable<(int First, int Last)> ranges)
    {
        var bounds = new List<int>();
        foreach (var (first, last) in ranges.OrderBy(range => range.First))
        {
            if (bounds.Count > 0 && first <= bounds[^1] + 1)
            {
                bounds[^1] = Math.Max(bounds[^1], last);
            }
            else
            {
                bounds.Add(first);
                bounds.Add(last);
            }
        }

        return new RuneSet([.. bounds]);
    }

    /// <summary>Whether a character is in the set.</summary>
    public bool Contains(int rune)
    {
        var (low, high) = (0, (_bounds.Length / 2) - 1);
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            if (rune < _bounds[2 * middle])
            {
                high = middle - 1;
            }
            else if (rune > _bounds[(2 * middle) + 1])
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>All other characters.</summary>
    public RuneSet Negated()
    {
        var bounds = new List<int>();
        var next = 0;
        foreach (var (first, last) in Ranges)
        {
            if (first > next)
            {
                bounds.Add(next);
                bounds.Add(first - 1);
            }

            next = last + 1;
        }

        return new RuneSet(next > RuneMax ? [.. bounds] : [.. bounds, next, RuneMax]);
    }

    /// <summary>The set with the other cases of its characters.</summary>
    /// <remarks>Source: Go package unicode, function SimpleFold: dotted and dotless i have no other case.</remarks>
    public RuneSet Folded() => Of(Ranges.Concat(Orbits.Value
        .Where(orbit => orbit.Any(Contains)).SelectMany(orbit => orbit).Select(rune => (rune, rune))));

    // Characters that are each other's upper and lower case, such as k, K and the Kelvin sign.
    private static List<int[]> FindOrbits()
    {
        var byLowest = new Dictionary<int, List<int>>();
        for (var rune = 0; rune < CasedEnd; rune++)
        {
            if (!Rune.IsValid(rune) || rune is 0x130 or 0x131)
            {
                continue;
            }

            var lowest = CaseText.ToLower(CaseText.ToUpper(rune));
            if (!byLowest.TryGetValue(lowest, out var orbit))
            {
                byLowest.Add(lowest, orbit = []);
            }

            orbit.Add(rune);
        }

        return [.. byLowest.Values.Where(orbit => orbit.Count > 1).Select(orbit => orbit.ToArray())];
    }
}
