using System.ComponentModel;
using CliWrap;
using Sync.Store.Ctl.Options;

namespace Sync.Store.Ctl.Commands;

/// <summary>Runs the program that a command line names, with its output on the command's own.</summary>
internal static class ChildProgram
{
    private const int NoSuchFile = 2;

    /// <summary>Runs a program to its end.</summary>
    /// <param name="session">Whose terminal it writes to.</param>
    /// <param name="words">The program and its arguments.</param>
    /// <param name="variables">What is added to the environment.</param>
    /// <param name="cancellation">Kills the program.</param>
    /// <returns>The program's exit code.</returns>
    /// <exception cref="ControlFailure">It could not be started.</exception>
    public static async Task<int> RunAsync(
        ControlSession session, IReadOnlyList<string> words, IReadOnlyDictionary<string, string?> variables,
        CancellationToken cancellation)
    {
        try
        {
            var result = await Cli.Wrap(words[0])
                .WithArguments(words.Skip(1))
                .WithEnvironmentVariables(variables)
                .WithStandardOutputPipe(PipeTarget.ToStream(session.Terminal.Output))
                .WithStandardErrorPipe(PipeTarget.ToDelegate(session.WarnAsync))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(cancellation);
            return result.ExitCode;
        }
        catch (Win32Exception error)
        {
            var reason = error.NativeErrorCode == NoSuchFile && !words[0].Contains('/')
                ? "executable file not found in $PATH"
                : error.Message;
            throw new ControlFailure(ExitCode.Error, $"exec: \"{words[0]}\": {reason}");
        }
    }
}
