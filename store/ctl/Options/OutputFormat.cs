namespace Sync.Store.Ctl.Options;

/// <summary>The forms that answers are printed in.</summary>
internal enum OutputFormat
{
    /// <summary>Lines for people and simple scripts.</summary>
    Simple,

    /// <summary>One field a line, <c>"Name" : value</c>.</summary>
    Fields,

    /// <summary>The wire's message as JSON, bytes in base64.</summary>
    Json,

    /// <summary>The wire's message as it is.</summary>
    Protobuf,

    /// <summary>A table with a frame.</summary>
    Table,
}
