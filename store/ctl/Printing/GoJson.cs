using System.Collections;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Sync.Etcd.Api;

namespace Sync.Store.Ctl.Printing;

/// <summary>
/// Messages as etcd's tools print them in JSON: proto names, numbers as numbers, bytes in base64, fields that
/// hold nothing left out.
/// </summary>
internal static class GoJson
{
    /// <summary>A message.</summary>
    public static string Of(IMessage message) => Object(Members(message));

    /// <summary>An object of names and values that are JSON already.</summary>
    public static string Object(IEnumerable<(string Name, string Json)> members) =>
        "{" + string.Join(',', members.Select(member => $"{Quote(member.Name)}:{member.Json}")) + "}";

    /// <summary>A list of values that are JSON already.</summary>
    public static string Array(IEnumerable<string> items) => $"[{string.Join(',', items)}]";

    /// <summary>A text between quotes.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            quoted.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or '<' or '>' or '&' or '\u2028' or '\u2029' => $"\\u{(int)letter:x4}",
                _ => letter.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>The members of a message that hold something.</summary>
    public static IEnumerable<(string Name, string Json)> Members(IMessage message) => message is ResponseOp response
        ? Union(response)
        : message.Descriptor.Fields.InDeclarationOrder()
            .Select(field => (field, value: field.Accessor.GetValue(message)))
            .Where(member => Holds(member.value))
            .Select(member => (member.field.Name, Value(member.value)));

    // The tools print the union with a level of its own and its members' names in Pascal case.
    private static IEnumerable<(string Name, string Json)> Union(ResponseOp response)
    {
        var (name, answer) = response.ResponseCase switch
        {
            ResponseOp.ResponseOneofCase.ResponseRange => ("ResponseRange", (IMessage)response.ResponseRange),
            ResponseOp.ResponseOneofCase.ResponsePut => ("ResponsePut", response.ResponsePut),
            ResponseOp.ResponseOneofCase.ResponseDeleteRange =>
                ("ResponseDeleteRange", response.ResponseDeleteRange),
            ResponseOp.ResponseOneofCase.ResponseTxn => ("ResponseTxn", response.ResponseTxn),
            _ => throw new InvalidDataException("A transaction's answer holds nothing."),
        };
        return [("Response", Object([(name, Of(answer))]))];
    }

    private static bool Holds(object? value) => value switch
    {
        null or false or 0 or 0L or 0U or 0UL or "" => false,
        ByteString bytes => !bytes.IsEmpty,
        IList list => list.Count > 0,
        Enum number => Convert.ToInt32(number, CultureInfo.InvariantCulture) != 0,
        _ => true,
    };

    private static string Value(object value) => value switch
    {
        IMessage message => Of(message),
        ByteString bytes => Quote(bytes.ToBase64()),
        string text => Quote(text),
        IList list => Array(list.Cast<object>().Select(Value)),
        Enum number => Convert.ToInt32(number, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
        true => "true",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new InvalidDataException($"{value.GetType()} has no form in JSON."),
    };
}
