using Sync.Metad.Model.Views;

namespace Sync.Metad.Model.Formats;

/// <summary>Writes a view in the form that a caller asked for.</summary>
public static class ViewFormat
{
    /// <summary>Writes a view.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="view">What a caller sees.</param>
    /// <param name="format">The form.</param>
    /// <param name="isIndented">Indents JSON; the other forms have one shape.</param>
    public static void Write(ByteBuffer buffer, View view, BodyFormat format, bool isIndented)
    {
        switch (format)
        {
            case BodyFormat.Text:
                TextFormat.Write(buffer, view);
                break;
            case BodyFormat.Json:
                JsonFormat.Write(buffer, view, isIndented);
                break;
            case BodyFormat.Yaml:
                YamlFormat.Write(buffer, view);
                break;
            case BodyFormat.Env or BodyFormat.Dotenv:
                EnvironmentFormat.Write(buffer, view, format);
                break;
        }
    }
}
