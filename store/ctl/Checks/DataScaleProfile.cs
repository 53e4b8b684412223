namespace Sync.Store.Ctl.Checks;

/// <summary>How much data a store is given to hold.</summary>
/// <param name="Pairs">How many keys are written, each of 1 KiB with its value.</param>
/// <param name="Clients">How many connections they are spread over.</param>
/// <remarks>Source: etcdctl, command <c>check datascale</c>.</remarks>
internal sealed record DataScaleProfile(int Pairs, int Clients)
{
    /// <summary>The bytes of a key behind its prefix, and of a value.</summary>
    public const int HalfBytes = 512;

    /// <summary>The profile of a name, as the command line has it.</summary>
    /// <param name="name">s, m, l or xl, or the word that it is short for.</param>
    /// <returns>Null when there is none of that name.</returns>
    public static DataScaleProfile? Find(string name) => name switch
    {
        "s" or "small" => new(10_000, 50),
        "m" or "medium" => new(100_000, 200),
        "l" or "large" => new(1_000_000, 500),
        "xl" or "xLarge" => new(3_000_000, 1_000),
        _ => null,
    };
}
