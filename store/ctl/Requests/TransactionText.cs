using System.CommandLine;
using Sync.Etcd.Api;
using Sync.Store.Ctl.Commands;
using Sync.Store.Ctl.Options;

namespace Sync.Store.Ctl.Requests;

/// <summary>
/// Reads a transaction: comparisons, the requests of success, the requests of failure, each part one a line
/// and ended by an empty line.
/// </summary>
internal sealed class TransactionText
{
    private readonly PutSyntax _put = new();
    private readonly GetSyntax _get = new();
    private readonly DeleteSyntax _delete = new();
    private readonly Argument<string[]> _words = CommandRunner.Words();
    private readonly RootCommand _requests = new("A request of a transaction.");

    public TransactionText()
    {
        Add("put", _put.Options);
        Add("get", _get.Options);
        Add("del", _delete.Options);
    }

    /// <summary>Reads a whole transaction.</summary>
    /// <param name="input">The lines.</param>
    /// <param name="prompt">Told before each part is read.</param>
    /// <exception cref="ControlFailure">A line cannot be understood, or the input ends early.</exception>
    public async Task<TxnRequest> ReadAsync(TextReader input, Func<string, Task> prompt)
    {
        var request = new TxnRequest();
        await prompt("compares:");
        await foreach (var line in PartAsync(input))
        {
            request.Compare.Add(CompareText.Parse(line));
        }

        await prompt("success requests (get, put, del):");
        await foreach (var line in PartAsync(input))
        {
            request.Success.Add(Request(line));
        }

        await prompt("failure requests (get, put, del):");
        await foreach (var line in PartAsync(input))
        {
            request.Failure.Add(Request(line));
        }

        return request;
    }

    private static async IAsyncEnumerable<string> PartAsync(TextReader input)
    {
        while (true)
        {
            var line = await input.ReadLineAsync() ?? throw new ControlFailure(ExitCode.BadInput, "EOF");
            if (line.Trim().Length == 0)
            {
                yield break;
            }

            yield return line;
        }
    }

    private RequestOp Request(string line)
    {
        var words = WordText.Split(line);
        if (words[0] is not ("put" or "get" or "del"))
        {
            throw new ControlFailure(ExitCode.BadInput, $"invalid txn request: {line}");
        }

        var parsed = _requests.Parse(CommandLineRules.Apply(_requests, words));
        var arguments = parsed.GetValue(_words) ?? [];
        return words[0] switch
        {
            "put" => new RequestOp { RequestPut = _put.Read(parsed, arguments, input: null) },
            "get" => new RequestOp { RequestRange = _get.Read(parsed, arguments) },
            _ => new RequestOp { RequestDeleteRange = _delete.Read(parsed, arguments) },
        };
    }

    private void Add(string name, IEnumerable<Option> options)
    {
        var command = new Command(name) { _words };
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        _requests.Subcommands.Add(command);
    }
}
