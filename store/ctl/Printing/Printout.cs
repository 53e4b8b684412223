using Google.Protobuf;
using Sync.Store.Ctl.Options;

namespace Sync.Store.Ctl.Printing;

/// <summary>An answer in every form that it has; a form that is null is refused.</summary>
internal sealed record Printout
{
    /// <summary>Lines for people.</summary>
    public Action<OutputText>? Simple { get; init; }

    /// <summary>One field a line.</summary>
    public Action<OutputText>? Fields { get; init; }

    /// <summary>JSON without the end of the line.</summary>
    public Func<string>? Json { get; init; }

    /// <summary>The wire's bytes.</summary>
    public IMessage? Protobuf { get; init; }

    /// <summary>A drawn table.</summary>
    public Func<string>? Table { get; init; }

    /// <summary>An answer whose JSON and bytes are the message itself.</summary>
    public static Printout Of(IMessage message) => new() { Json = () => GoJson.Of(message), Protobuf = message };

    /// <summary>Adds the answer to a text.</summary>
    /// <exception cref="ControlFailure">The answer has no such form.</exception>
    public void WriteTo(OutputText text, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Simple when Simple is not null:
                Simple(text);
                break;
            case OutputFormat.Fields when Fields is not null:
                Fields(text);
                break;
            case OutputFormat.Json when Json is not null:
                text.Line(Json());
                break;
            case OutputFormat.Protobuf when Protobuf is not null:
                text.Raw(Protobuf.ToByteArray());
                break;
            case OutputFormat.Table when Table is not null:
                text.Raw(System.Text.Encoding.UTF8.GetBytes(Table()));
                break;
            default:
                throw ControlFailure.Format(format);
        }
    }
}
