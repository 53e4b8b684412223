using System.CommandLine;
using System.Globalization;
using Sync.Store.Ctl.Options;

namespace Sync.Store.Ctl.Commands;

/// <summary><c>lock</c>: one at a time among all that name the same lock.</summary>
/// <remarks>
/// The program is not killed when the command is to end; the lock is held until it and all that write to its output
/// have ended. Source: etcdctl, command <c>lock</c>; that the program's exit code is told is of its later versions.
/// </remarks>
internal static class LockCommand
{
    private const long TtlDefaultSeconds = 10;

    public static Command Create(CommandRunner runner)
    {
        var ttl = CommandRunner.Number("--ttl", "How many seconds the lock outlives a holder that died.");
        ttl.DefaultValueFactory = _ => TtlDefaultSeconds;
        return runner.Command(
            "lock name [program]", "Takes a lock and holds it until SIGINT or SIGTERM, or while a program runs.", [ttl],
            async (session, parsed, words) =>
            {
                if (words.Length == 0)
                {
                    throw ControlFailure.Arguments("lock takes a lock name argument and an optional command to execute");
                }

                var seconds = parsed.GetValue(ttl);
                await Candidacy.RunAsync(
                    session, words[0], "", seconds > 0 ? TimeSpan.FromSeconds(seconds) : Candidacy.TtlDefault,
                    candidacy => words is [_, .. { Length: > 0 } program]
                        ? RunProgramAsync(session, candidacy, program)
                        : candidacy.HoldAsync("session expired"));
            });
    }

    private static async Task RunProgramAsync(ControlSession session, Candidacy candidacy, string[] program)
    {
        var variables = new Dictionary<string, string?>
        {
            ["ETCD_LOCK_KEY"] = candidacy.Key.ToStringUtf8(),
            ["ETCD_LOCK_REV"] = candidacy.OwnedRevision.ToString(CultureInfo.InvariantCulture),
        };
        var exitCode = await ChildProgram.RunAsync(session, program, variables, CancellationToken.None);
        if (exitCode != 0)
        {
            throw new ControlFailure((ExitCode)exitCode, $"exit status {exitCode}");
        }
    }
}
