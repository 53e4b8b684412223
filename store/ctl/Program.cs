using System.Collections;
using System.Runtime.InteropServices;
using System.Text;
using Sync.Store.Ctl.Commands;
using Sync.Store.Ctl.Options;

const int TerminatedExitCode = 143;

var isTerminated = false;
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false));
await using var output = Console.OpenStandardOutput();
var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
    .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
var exitCode = await ControlRoot.RunAsync(args, new Terminal(input, output, Console.Error, variables), stop.Token);
return exitCode == ControlRoot.InterruptedExitCode && isTerminated ? TerminatedExitCode : exitCode;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    isTerminated |= signal.Signal == PosixSignal.SIGTERM;
    stop.Cancel();
}
