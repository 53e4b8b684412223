using System.Text.RegularExpressions;
using Google.Protobuf;
using Sync.Etcd.Api;
using Sync.Store.Ctl.Options;

namespace Sync.Store.Ctl.Requests;

/// <summary>Reads one comparison of a transaction: <c>mod("key") &gt; "0"</c>.</summary>
internal static partial class CompareText
{
    /// <summary>Reads a comparison.</summary>
    /// <param name="line">A target (<c>ver</c>, <c>c</c>, <c>m</c>, <c>val</c>, <c>lease</c> or their long forms),
    /// a key, an operator and a value.</param>
    /// <exception cref="ControlFailure">The line is none; the message repeats it.</exception>
    public static Compare Parse(string line)
    {
        var match = Whole().Match(line);
        if (!match.Success)
        {
            throw Malformed(line);
        }

        var value = WordText.Unquote(match.Groups["value"].Value);
        var compare = new Compare
        {
            Result = Result(match.Groups["operator"].Value) ?? throw Malformed(line),
            Key = WordText.Unquote(match.Groups["key"].Value),
        };
        var target = match.Groups["target"].Value;
        try
        {
            SetTarget(compare, target, value);
            return compare;
        }
        catch (FormatException)
        {
            throw new ControlFailure(ExitCode.BadInput, $"invalid txn compare request: {line}");
        }
        catch (KeyNotFoundException)
        {
            throw new ControlFailure(
                ExitCode.BadInput, $"malformed comparison: {line} (unknown target {target})");
        }
    }

    private static void SetTarget(Compare compare, string target, ByteString value)
    {
        switch (target)
        {
            case "ver" or "version":
                compare.Target = Compare.Types.CompareTarget.Version;
                compare.Version = GoNumber.Decimal(value.ToStringUtf8());
                break;
            case "c" or "create":
                compare.Target = Compare.Types.CompareTarget.Create;
                compare.CreateRevision = GoNumber.Decimal(value.ToStringUtf8());
                break;
            case "m" or "mod":
                compare.Target = Compare.Types.CompareTarget.Mod;
                compare.ModRevision = GoNumber.Decimal(value.ToStringUtf8());
                break;
            case "val" or "value":
                compare.Target = Compare.Types.CompareTarget.Value;
                compare.Value = value;
                break;
            case "lease":
                compare.Target = Compare.Types.CompareTarget.Lease;
                compare.Lease = GoNumber.Hexadecimal(value.ToStringUtf8());
                break;
            default:
                throw new KeyNotFoundException(target);
        }
    }

    private static Compare.Types.CompareResult? Result(string sign) => sign switch
    {
        "=" => Compare.Types.CompareResult.Equal,
        "!=" => Compare.Types.CompareResult.NotEqual,
        ">" => Compare.Types.CompareResult.Greater,
        "<" => Compare.Types.CompareResult.Less,
        _ => null,
    };

    private static ControlFailure Malformed(string line) =>
        new(ExitCode.BadInput, $"malformed comparison: {line}");

    [GeneratedRegex(
        """^\s*(?<target>\w+)\((?<key>"(\\.|[^"\\])*")\)\s*(?<operator>[=!<>~]+)\s*(?<value>"(\\.|[^"\\])*")\s*$""",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Whole();
}
