using System.CommandLine;
using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Store.Ctl.Options;
using Sync.Store.Ctl.Requests;

namespace Sync.Store.Ctl.Commands;

/// <summary>
/// Watches that are typed in, one a line: <c>watch [options] key [range_end] [-- program]</c>, and
/// <c>progress</c> to ask how far they are.
/// </summary>
internal sealed class TypedWatches
{
    private readonly WatchSyntax _syntax = new();
    private readonly Argument<string[]> _words = CommandRunner.Words();
    private readonly RootCommand _line = new("A typed line.");
    private readonly Dictionary<long, IReadOnlyList<string>> _programs = [];
    private readonly Queue<IReadOnlyList<string>> _asked = new();
    private Task _sent = Task.CompletedTask;

    private TypedWatches()
    {
        var watch = new Command("watch") { _words };
        foreach (var option in _syntax.Options)
        {
            watch.Options.Add(option);
        }

        _line.Subcommands.Add(watch);
    }

    /// <summary>Reads lines until there are no more.</summary>
    /// <remarks>As with etcdctl, a watch that the server ends does not end the others, and what was asked just before the input
    /// ends is not waited for.</remarks>
    /// <exception cref="ControlFailure">The input ended.</exception>
    public static async Task RunAsync(ControlSession session)
    {
        await session.Client.SignInAsync(session.Cancellation);
        using var stream = session.Client.Watch.Watch(
            new Metadata { { "hasleader", "true" } }, cancellationToken: session.Cancellation);
        var watches = new TypedWatches();
        var showing = watches.ShowAsync(session, stream.ResponseStream);
        var reading = watches.ReadAsync(session, stream.RequestStream);
        await await Task.WhenAny(showing, reading);
    }

    private async Task ReadAsync(ControlSession session, IClientStreamWriter<WatchRequest> requests)
    {
        while (await session.Terminal.Input.ReadLineAsync(session.Cancellation) is { } line)
        {
            switch (WordText.Split(line))
            {
                case []:
                    break;
                case ["progress"]:
                    Send(session, requests, new WatchRequest { ProgressRequest = new WatchProgressRequest() });
                    break;
                case ["watch"]:
                    await session.WarnAsync($"Invalid command {line} (command type or key is not provided)");
                    break;
                case ["watch", ..] words:
                    await CreateAsync(session, requests, line, words);
                    break;
                default:
                    await session.WarnAsync($"Invalid command {line} (only support watch)");
                    break;
            }
        }

        throw new ControlFailure(ExitCode.BadInput, "Error reading watch request line: EOF");
    }

    private async Task CreateAsync(
        ControlSession session, IClientStreamWriter<WatchRequest> requests, string line, IReadOnlyList<string> words)
    {
        try
        {
            var parsed = _line.Parse(CommandLineRules.Apply(_line, words));
            var wish = _syntax.Read(parsed, parsed.GetValue(_words) ?? [], session.Terminal.Variables);
            lock (_asked)
            {
                _asked.Enqueue(wish.Program);
            }

            Send(session, requests, new WatchRequest { CreateRequest = wish.Create });
        }
        catch (ControlFailure failure)
        {
            await session.WarnAsync($"Invalid command {line} ({failure.Message})");
        }
    }

    // The next line is read meanwhile. A stream that fails is told by who reads its answers.
    private void Send(ControlSession session, IClientStreamWriter<WatchRequest> requests, WatchRequest request)
    {
        _sent = AfterAsync(_sent);

        async Task AfterAsync(Task before)
        {
            await before;
            try
            {
                await requests.WriteAsync(request, session.Cancellation);
            }
            catch (Exception failure) when (failure is RpcException or InvalidOperationException or OperationCanceledException)
            {
                // Told by ShowAsync.
            }
        }
    }

    // Watches begin in the order they were asked for.
    private async Task ShowAsync(ControlSession session, IAsyncStreamReader<WatchResponse> answers)
    {
        while (await answers.MoveNext(session.Cancellation))
        {
            var answer = answers.Current;
            if (answer.Created)
            {
                lock (_asked)
                {
                    _programs[answer.WatchId] = _asked.Dequeue();
                }
            }

            try
            {
                await WatchAnswers.ShowAsync(session, answer, _programs.GetValueOrDefault(answer.WatchId) ?? []);
            }
            catch (ControlFailure) when (answer.Canceled)
            {
                // It was told, and the other watches go on.
            }
        }
    }
}
