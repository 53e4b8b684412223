using System.CommandLine;
using Google.Protobuf;
using Sync.Etcd.Api;
using Sync.Etcd.Client.Keys;
using Sync.Store.Ctl.Commands;
using Sync.Store.Ctl.Options;

namespace Sync.Store.Ctl.Requests;

/// <summary>The options of <c>put</c>, on the command line and in a transaction.</summary>
internal sealed class PutSyntax
{
    private const string Usage = "put command needs 1 argument and input from stdin or 2 arguments";

    private readonly Option<string> _lease = CommandRunner.Text("--lease", "0", "The lease, in hexadecimal.");
    private readonly Option<bool> _previous = CommandRunner.Switch("--prev-kv", "Shows the pair before.");
    private readonly Option<bool> _ignoreValue = CommandRunner.Switch("--ignore-value", "Keeps the present value.");
    private readonly Option<bool> _ignoreLease = CommandRunner.Switch("--ignore-lease", "Keeps the present lease.");

    public IReadOnlyList<Option> Options => [_lease, _previous, _ignoreValue, _ignoreLease];

    /// <summary>The request of a parsed command line.</summary>
    /// <param name="parsed">The options.</param>
    /// <param name="words">Key and value.</param>
    /// <param name="input">Where a missing value is read; null when there is no such place.</param>
    public PutRequest Read(ParseResult parsed, IReadOnlyList<string> words, TextReader? input)
    {
        if (words.Count == 0)
        {
            throw ControlFailure.Arguments(Usage);
        }

        var ignoresValue = parsed.GetValue(_ignoreValue);
        if (ignoresValue && words.Count > 1)
        {
            throw ControlFailure.Arguments("put command needs only 1 argument when 'ignore-value' is set");
        }

        return new PutRequest
        {
            Key = ByteString.CopyFromUtf8(words[0]),
            Value = ignoresValue ? ByteString.Empty : ByteString.CopyFromUtf8(Value(words, input)),
            Lease = Lease(parsed.GetRequiredValue(_lease)),
            PrevKv = parsed.GetValue(_previous),
            IgnoreValue = ignoresValue,
            IgnoreLease = parsed.GetValue(_ignoreLease),
        };
    }

    private static string Value(IReadOnlyList<string> words, TextReader? input)
    {
        var value = words.Count > 1 ? words[1] : input?.ReadToEnd();
        return words.Count > 1 || value is { Length: > 0 } ? value! : throw ControlFailure.Arguments(Usage);
    }

    private static long Lease(string text)
    {
        try
        {
            return GoNumber.Hexadecimal(text);
        }
        catch (FormatException error)
        {
            throw ControlFailure.Arguments($"bad lease ID ({error.Message}), expecting ID in Hex");
        }
    }
}

/// <summary>The options of <c>get</c>, on the command line and in a transaction.</summary>
internal sealed class GetSyntax
{
    private readonly Option<string> _consistency =
        CommandRunner.Text("--consistency", "l", "l: as new as the cluster; s: as new as the member.");

    private readonly Option<string> _order = CommandRunner.Text("--order", "", "ASCEND or DESCEND.");
    private readonly Option<string> _sortBy =
        CommandRunner.Text("--sort-by", "", "CREATE, KEY, MODIFY, VALUE or VERSION.");

    private readonly Option<long> _limit = CommandRunner.Number("--limit", "The most pairs; 0 is all.");
    private readonly Option<bool> _prefix = CommandRunner.Switch("--prefix", "Keys that begin with the key.");
    private readonly Option<bool> _fromKey = CommandRunner.Switch("--from-key", "The key and all after it.");
    private readonly Option<long> _revision = CommandRunner.Number("--rev", "As of this revision.");
    private readonly Option<bool> _keysOnly = CommandRunner.Switch("--keys-only", "Without the values.");
    private readonly Option<bool> _countOnly = CommandRunner.Switch("--count-only", "Only how many there are.");

    public IReadOnlyList<Option> Options =>
        [_consistency, _order, _sortBy, _limit, _prefix, _fromKey, _revision, _keysOnly, _countOnly];

    /// <summary>Whether only the number of keys is wanted.</summary>
    public bool IsCountOnly(ParseResult parsed) => parsed.GetValue(_countOnly);

    /// <summary>The request of a parsed command line.</summary>
    public RangeRequest Read(ParseResult parsed, IReadOnlyList<string> words)
    {
        var (start, end) = KeyWords.Range(
            words, "get", isPrefix: parsed.GetValue(_prefix), isFromKey: parsed.GetValue(_fromKey));
        return new RangeRequest
        {
            Key = start,
            RangeEnd = end,
            Limit = parsed.GetValue(_limit),
            Revision = parsed.GetValue(_revision),
            SortOrder = Order(parsed.GetRequiredValue(_order)),
            SortTarget = Target(parsed.GetRequiredValue(_sortBy)),
            Serializable = IsSerializable(parsed.GetRequiredValue(_consistency)),
            KeysOnly = parsed.GetValue(_keysOnly),
            CountOnly = parsed.GetValue(_countOnly),
        };
    }

    private static bool IsSerializable(string text) => text switch
    {
        "l" => false,
        "s" => true,
        _ => throw new ControlFailure(ExitCode.BadFeature, $"unknown consistency flag \"{text}\""),
    };

    private static RangeRequest.Types.SortOrder Order(string text) => text.ToUpperInvariant() switch
    {
        "" => RangeRequest.Types.SortOrder.None,
        "ASCEND" => RangeRequest.Types.SortOrder.Ascend,
        "DESCEND" => RangeRequest.Types.SortOrder.Descend,
        _ => throw new ControlFailure(ExitCode.BadFeature, $"bad sort order {text}"),
    };

    private static RangeRequest.Types.SortTarget Target(string text) => text.ToUpperInvariant() switch
    {
        "" or "KEY" => RangeRequest.Types.SortTarget.Key,
        "CREATE" => RangeRequest.Types.SortTarget.Create,
        "MODIFY" => RangeRequest.Types.SortTarget.Mod,
        "VALUE" => RangeRequest.Types.SortTarget.Value,
        "VERSION" => RangeRequest.Types.SortTarget.Version,
        _ => throw new ControlFailure(ExitCode.BadFeature, $"bad sort target {text}"),
    };
}

/// <summary>The options of <c>del</c>, on the command line and in a transaction.</summary>
internal sealed class DeleteSyntax
{
    private readonly Option<bool> _prefix = CommandRunner.Switch("--prefix", "Keys that begin with the key.");
    private readonly Option<bool> _fromKey = CommandRunner.Switch("--from-key", "The key and all after it.");
    private readonly Option<bool> _previous = CommandRunner.Switch("--prev-kv", "Shows the pairs before.");

    public IReadOnlyList<Option> Options => [_prefix, _fromKey, _previous];

    /// <summary>The request of a parsed command line.</summary>
    public DeleteRangeRequest Read(ParseResult parsed, IReadOnlyList<string> words)
    {
        var (start, end) = KeyWords.Range(
            words, "del", isPrefix: parsed.GetValue(_prefix), isFromKey: parsed.GetValue(_fromKey));
        return new DeleteRangeRequest { Key = start, RangeEnd = end, PrevKv = parsed.GetValue(_previous) };
    }
}

/// <summary>Reads <c>key [range_end]</c>.</summary>
internal static class KeyWords
{
    /// <summary>The range that the words and the two switches mean.</summary>
    /// <param name="words">A key, and perhaps the end of the range.</param>
    /// <param name="command">The command's name, for messages.</param>
    /// <param name="isPrefix">All keys that begin with the key.</param>
    /// <param name="isFromKey">The key and all after it.</param>
    /// <exception cref="ControlFailure">Too few or too many words, or both switches.</exception>
    public static (ByteString Start, ByteString End) Range(
        IReadOnlyList<string> words, string command, bool isPrefix, bool isFromKey)
    {
        if (isPrefix && isFromKey)
        {
            throw ControlFailure.Arguments("`--prefix` and `--from-key` cannot be set at the same time, choose one");
        }

        if (words.Count == 0)
        {
            throw ControlFailure.Arguments(
                $"{command} command needs one argument as key and an optional argument as range_end");
        }

        if (words.Count > 1 && (isPrefix || isFromKey))
        {
            throw ControlFailure.Arguments(
                "too many arguments, only accept one argument when `--prefix` or `--from-key` is set");
        }

        return Range(words, isPrefix: isPrefix, isFromKey: isFromKey);
    }

    /// <summary>The range of words that were judged already.</summary>
    public static (ByteString Start, ByteString End) Range(
        IReadOnlyList<string> words, bool isPrefix, bool isFromKey)
    {
        var key = ByteString.CopyFromUtf8(words[0]);
        if (isPrefix || isFromKey)
        {
            var range = isPrefix ? KeyRange.Prefix(key) : KeyRange.From(key);
            return (range.Start, range.End);
        }

        return (key, words.Count > 1 ? ByteString.CopyFromUtf8(words[1]) : ByteString.Empty);
    }
}
