using System.Text.Json;

namespace Sync.Metad.Model.Documents;

/// <summary>The sentences about JSON that cannot be used.</summary>
internal static class JsonProblem
{
    /// <summary>The start of every such sentence, which tools look for.</summary>
    private const string Start = "invalid json format, error:";

    /// <summary>A request had no body.</summary>
    public const string Empty = Start + "EOF";

    /// <summary>The text is no JSON.</summary>
    /// <param name="exception">What the parser said.</param>
    public static string Of(JsonException exception)
    {
        // The parser appends where it stood; the sentence before it is enough with the position once.
        var message = exception.Message;
        var tail = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var sentence = (tail < 0 ? message : message[..tail]).TrimEnd('.');
        return $"{Start}{sentence} (line {(exception.LineNumber ?? 0) + 1}, byte {exception.BytePositionInLine ?? 0})";
    }

    /// <summary>The text is JSON of another shape.</summary>
    /// <param name="sentence">What was expected.</param>
    public static string Shape(string sentence) => Start + sentence;
}
