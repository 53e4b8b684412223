namespace Sync.Store.Ctl.Checks;

/// <summary>How hard a store is driven.</summary>
/// <param name="WritesPerSecond">How many writes begin in each second.</param>
/// <param name="Clients">How many connections they are spread over.</param>
/// <param name="Duration">How long it goes on.</param>
/// <remarks>Source: etcdctl, command <c>check perf</c>.</remarks>
internal sealed record LoadProfile(int WritesPerSecond, int Clients, TimeSpan Duration)
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(60);

    /// <summary>The profile of a name, as the command line has it.</summary>
    /// <param name="name">s, m, l or xl, or the word that it is short for.</param>
    /// <returns>Null when there is none of that name.</returns>
    public static LoadProfile? Find(string name) => name switch
    {
        "s" or "small" => new(150, 50, Usual),
        "m" or "medium" => new(1_000, 200, Usual),
        "l" or "large" => new(8_000, 500, Usual),
        "xl" or "xLarge" => new(15_000, 1_000, Usual),
        _ => null,
    };
}
