namespace Sync.Store.Options;

/// <summary>The comma-separated lists of etcd's flags.</summary>
internal static class CommaList
{
    /// <summary>The entries of a list, without surrounding white space; empty ones fall away.</summary>
    public static string[] Split(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
