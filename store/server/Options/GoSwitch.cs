namespace Sync.Store.Options;

/// <summary>Switches as etcd's flags write them.</summary>
/// <remarks>Source: Go, strconv.ParseBool.</remarks>
internal static class GoSwitch
{
    /// <summary>Reads a switch.</summary>
    /// <returns>Whether it is on; null when the text says neither.</returns>
    public static bool? Parse(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };
}
