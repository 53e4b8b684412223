using System.CommandLine;
using Sync.Store.Ctl.Options;

namespace Sync.Store.Ctl.Commands;

/// <summary>Gives commands their actions, each with a session of its own.</summary>
internal sealed class CommandRunner(GlobalOptions globals, Terminal terminal)
{
    /// <summary>A command that takes any number of words, which its action judges.</summary>
    /// <param name="usage">The command's name, and the words it takes as help shows them.</param>
    /// <param name="description">What it does, one sentence.</param>
    /// <param name="options">Its own options.</param>
    /// <param name="act">What it does with its words.</param>
    public Command Command(
        string usage, string description, IEnumerable<Option> options,
        Func<ControlSession, ParseResult, string[], Task<ExitCode>> act)
    {
        var parts = usage.Split(' ', count: 2);
        var words = Words();
        words.HelpName = parts[^1];
        words.Hidden = parts.Length == 1;
        var command = new Command(parts[0], description) { words };
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancellation) =>
        {
            using var session = new ControlSession(globals.Read(parsed), terminal, cancellation);
            return (int)await act(session, parsed, parsed.GetValue(words) ?? []);
        });
        return command;
    }

    /// <inheritdoc cref="Command(string, string, IEnumerable{Option}, Func{ControlSession, ParseResult, string[], Task{ExitCode}})"/>
    public Command Command(
        string usage, string description, IEnumerable<Option> options,
        Func<ControlSession, ParseResult, string[], Task> act) =>
        Command(usage, description, options, async (session, parsed, words) =>
        {
            await act(session, parsed, words);
            return ExitCode.Done;
        });

    /// <summary>A command that only holds others.</summary>
    public static Command Group(string name, string description, params IEnumerable<Command> members)
    {
        var group = new Command(name, description);
        foreach (var member in members)
        {
            group.Subcommands.Add(member);
        }

        return group;
    }

    /// <summary>An option that is on or off.</summary>
    public static Option<bool> Switch(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description };

    /// <summary>An option with a text.</summary>
    public static Option<string> Text(string name, string value, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, DefaultValueFactory = _ => value };

    /// <summary>An option with a number.</summary>
    public static Option<long> Number(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            try
            {
                return GoNumber.Decimal(text);
            }
            catch (FormatException error)
            {
                result.AddError($"invalid argument \"{text}\" for \"{name}\" flag: {error.Message}");
                return 0;
            }
        },
    };

    /// <summary>Any number of words.</summary>
    public static Argument<string[]> Words() => new("words") { Arity = ArgumentArity.ZeroOrMore };
}
