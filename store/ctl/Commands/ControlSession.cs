using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Etcd.Client;
using Sync.Etcd.Client.Connections;
using Sync.Store.Ctl.Options;
using Sync.Store.Ctl.Printing;

namespace Sync.Store.Ctl.Commands;

/// <summary>What one command works with: its settings, the store and the terminal.</summary>
internal sealed class ControlSession(ControlSettings settings, Terminal terminal, CancellationToken cancellation)
    : IDisposable
{
    private readonly Lazy<EtcdClient> _client = new(() => Connect(settings));
    private readonly OutputText _text = new(settings.IsHex);

    /// <summary>What the options that every command has amount to.</summary>
    public ControlSettings Settings => settings;

    /// <summary>Where to read and write.</summary>
    public Terminal Terminal => terminal;

    /// <summary>Ends the command.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <summary>Whether an exception only says that the command was to end.</summary>
    public bool IsEnd(Exception error) =>
        error is RpcException or OperationCanceledException && cancellation.IsCancellationRequested;

    /// <summary>The store, at whichever endpoint answers; made when first asked for.</summary>
    public EtcdClient Client => _client.Value;

    /// <summary>The store over a connection of its own; the caller disposes of it.</summary>
    public EtcdClient NewClient() => Connect(settings);

    /// <summary>The store at one endpoint; the caller disposes of it.</summary>
    public EtcdClient ClientOf(string endpoint) =>
        Connect(settings with { Client = settings.Client with { Endpoints = [endpoint] } });

    /// <summary>Another store; the caller disposes of it.</summary>
    public EtcdClient ClientOf(EtcdClientOptions client) => Connect(settings with { Client = client });

    /// <summary>The endpoints of the command line, or those of all members.</summary>
    public async Task<IReadOnlyList<string>> EndpointsAsync(bool isCluster)
    {
        if (!isCluster)
        {
            return settings.Endpoints;
        }

        var members = await Client.Cluster.MemberListAsync(
            new MemberListRequest(), cancellationToken: cancellation);
        return [.. members.Members.SelectMany(member => member.ClientURLs)];
    }

    /// <summary>Prints an answer in the form that was asked for.</summary>
    /// <exception cref="ControlFailure">The answer has no such form.</exception>
    public Task PrintAsync(Printout printout)
    {
        printout.WriteTo(_text, settings.Format);
        return _text.FlushAsync(terminal.Output, cancellation);
    }

    /// <summary>Prints a line whatever the form.</summary>
    public Task PrintLineAsync(string line)
    {
        _text.Line(line);
        return _text.FlushAsync(terminal.Output, cancellation);
    }

    /// <summary>Tells the user something aside from the answer.</summary>
    public Task WarnAsync(string line) => terminal.Error.WriteLineAsync(line);

    /// <summary>Whether nobody answered, so that the error is the client's own.</summary>
    public static bool IsUnreachable(RpcException error) => error.Status.DebugException is not null;

    /// <summary>What a failed call is called in messages, as etcd's tools call it.</summary>
    public static string Describe(RpcException error) =>
        error.StatusCode == StatusCode.DeadlineExceeded || IsUnreachable(error)
            ? "context deadline exceeded"
            : error.Status.Detail;

    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }
    }

    private static EtcdClient Connect(ControlSettings settings)
    {
        try
        {
            return new EtcdClient(settings.Client);
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            throw ControlFailure.Arguments(error.Message);
        }
        catch (Exception error) when (error is IOException or System.Security.Cryptography.CryptographicException)
        {
            throw new ControlFailure(ExitCode.Error, $"the certificates cannot be used: {error.Message}");
        }
    }
}
