namespace Sync.Metad.Model.Formats;

/// <summary>The form of an answer.</summary>
public enum BodyFormat
{
    /// <summary>Raw values, and lines of path, tab and value for directories.</summary>
    Text,

    /// <summary>Compact or indented JSON; every value is a string.</summary>
    Json,

    /// <summary>Block style YAML; every value reads as a string.</summary>
    Yaml,

    /// <summary>Assignments that a POSIX shell reads: <c>NODE_NAME='node1'</c>.</summary>
    Env,

    /// <summary>Lines of a .env file: <c>NODE_NAME="node1"</c>.</summary>
    Dotenv,
}
