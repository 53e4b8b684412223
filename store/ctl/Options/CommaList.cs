namespace Sync.Store.Ctl.Options;

/// <summary>The comma-separated lists of etcdctl's flags.</summary>
internal static class CommaList
{
    /// <summary>The entries of a list, without surrounding white space; empty ones fall away.</summary>
    public static string[] Split(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
