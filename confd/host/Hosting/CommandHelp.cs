using System.CommandLine;
using Sync.Confd.Options;

namespace Sync.Confd.Hosting;

/// <summary>The command line as System.CommandLine knows it, for the help and for completion in the shell.</summary>
internal static class CommandHelp
{
    /// <summary>Writes the help of the program, or of one of its commands for authors.</summary>
    public static void Write(TextWriter output, AuthoringVerb? verb) =>
        Invoke(verb is null ? ["--help"] : [verb.Name, "--help"], output);

    /// <summary>Answers a shell that asks for completions with the <c>[suggest]</c> directive.</summary>
    public static void Suggest(IReadOnlyList<string> words, TextWriter output) => Invoke(words, output);

    private static void Invoke(IReadOnlyList<string> words, TextWriter output)
    {
        var root = new RootCommand("Renders files from keys, and reloads what reads them.")
        {
            new Argument<string?>("command")
            {
                Description = "plan: show what would change; or a backend's name, as in: confd etcd -watch",
                Arity = ArgumentArity.ZeroOrOne,
            },
        };
        foreach (var flag in Flags.All)
        {
            root.Add(OptionOf(flag));
        }

        foreach (var verb in AuthoringFlags.Verbs)
        {
            root.Add(CommandOf(verb));
        }

        root.Parse([.. words]).Invoke(new InvocationConfiguration { Output = output });
    }

    private static Command CommandOf(AuthoringVerb verb)
    {
        var command = new Command(verb.Name, verb.Meaning)
        {
            new Argument<string>(verb.Operand.ToLowerInvariant()) { Description = verb.Operand == "DIR" ? "a confdir" : "the template" },
        };
        foreach (var flag in verb.Flags.Concat(AuthoringFlags.Shared))
        {
            command.Add(OptionOf(flag));
        }

        return command;
    }

    private static Option OptionOf(Flag flag)
    {
        var meaning = flag.Default.Length == 0 || flag.Kind == FlagKind.Truth
            ? flag.Meaning
            : $"{flag.Meaning} [default: {flag.Default}]";
        return flag.Kind == FlagKind.Truth
            ? new Option<bool>($"--{flag.Name}") { Description = meaning }
            : new Option<string>($"--{flag.Name}") { Description = meaning, HelpName = flag.Kind.ToString().ToLowerInvariant() };
    }
}
