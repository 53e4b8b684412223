using Sync.Templates.Diagnostics;
using Sync.Templates.Formatting;
using Sync.Templates.Json;
using Sync.Templates.Values;
using Sync.Templates.Yaml;

namespace Sync.Templates;

/// <summary>The value that a template's dot starts with.</summary>
public sealed class TemplateDot
{
    private readonly Func<Value> _read;

    internal TemplateDot(Value value)
        : this(() => value)
    {
    }

    private TemplateDot(Func<Value> read) => _read = read;

    /// <summary>No data: every field of the dot is absent.</summary>
    public static TemplateDot Nil { get; } = new(default(Value));

    /// <summary>What a JSON or YAML document holds, numbers of JSON as float64 as everywhere in Go templates.</summary>
    /// <param name="document">The document, UTF-8.</param>
    /// <exception cref="IOException">It is neither.</exception>
    public static TemplateDot OfDocument(ReadOnlyMemory<byte> document)
    {
        try
        {
            var isJson = document.Span.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];
            var dot = new TemplateDot(() => isJson
                ? JsonDecoder.Decode(document.Span, GoType.Any) : YamlDecoder.Decode(ByteText.Decode(document.Span)));
            _ = dot.Value;
            return dot;
        }
        catch (Exception fault) when (fault is FunctionException or LimitException)
        {
            throw new IOException($"neither JSON nor YAML: {fault.Message}", fault);
        }
    }

    // Templates may change maps of their data, so each render reads its own.
    internal Value Value => _read();
}
