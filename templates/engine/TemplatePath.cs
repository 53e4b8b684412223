namespace Sync.Templates;

/// <summary>Names of included templates.</summary>
internal static class TemplatePath
{
    /// <summary>Whether a name stays below the template root whatever the host makes of it.</summary>
    public static bool IsConfined(string name) =>
        name.Length > 0
        && name.AsSpan().IndexOfAny('\\', '\0') < 0
        && !name.Split('/').Any(part => part is "" or "." or "..");
}
