using System.CommandLine;
using System.CommandLine.Parsing;
using Sync.Etcd.Api;
using Sync.Store.Ctl.Commands;
using Sync.Store.Ctl.Options;

namespace Sync.Store.Ctl.Requests;

/// <summary>What a watch asks for and what it runs at each change.</summary>
/// <param name="Create">The request.</param>
/// <param name="Program">A program and its arguments; empty prints only.</param>
internal sealed record WatchWish(WatchCreateRequest Create, IReadOnlyList<string> Program);

/// <summary>The options of <c>watch</c>, on the command line and typed in.</summary>
internal sealed class WatchSyntax
{
    private readonly Option<bool> _prefix = CommandRunner.Switch("--prefix", "Keys that begin with the key.");
    private readonly Option<bool> _previous = CommandRunner.Switch("--prev-kv", "Shows the pair before.");
    private readonly Option<bool> _progress =
        CommandRunner.Switch("--progress-notify", "Lets the store tell its revision now and then.");

    private readonly Option<long> _revision = CommandRunner.Number("--rev", "From this revision on.");

    public IReadOnlyList<Option> Options => [_prefix, _previous, _progress, _revision];

    /// <summary>The wish of a parsed command line: <c>[key [range_end]] [-- program [arguments]]</c>.</summary>
    /// <param name="parsed">The options and where <c>--</c> stood.</param>
    /// <param name="words">Every word that is no option.</param>
    /// <param name="variables">Key and end may come from <c>ETCDCTL_WATCH_KEY</c> and <c>ETCDCTL_WATCH_RANGE_END</c>.</param>
    public WatchWish Read(
        ParseResult parsed, IReadOnlyList<string> words, IReadOnlyDictionary<string, string> variables)
    {
        var programWords = parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Skip(1).Count();
        var keyWords = words.Take(words.Count - programWords).ToList();
        if (keyWords.Count == 0 && variables.TryGetValue("ETCDCTL_WATCH_KEY", out var key))
        {
            keyWords.Add(key);
            keyWords.AddRange(variables.TryGetValue("ETCDCTL_WATCH_RANGE_END", out var end) ? [end] : []);
        }

        if (keyWords.Count is 0 or > 2)
        {
            throw ControlFailure.Arguments("bad number of arguments");
        }

        var isPrefix = parsed.GetValue(_prefix);
        if (isPrefix && keyWords.Count == 2)
        {
            throw ControlFailure.Arguments("`range_end` and `--prefix` are mutually exclusive");
        }

        var (start, rangeEnd) = KeyWords.Range(keyWords, isPrefix: isPrefix, isFromKey: false);
        var create = new WatchCreateRequest
        {
            Key = start,
            RangeEnd = rangeEnd,
            StartRevision = parsed.GetValue(_revision),
            PrevKv = parsed.GetValue(_previous),
            ProgressNotify = parsed.GetValue(_progress),
        };
        return new WatchWish(create, [.. words.Skip(words.Count - programWords)]);
    }
}
