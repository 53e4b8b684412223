using Grpc.Core;
using Sync.Etcd.Api;

namespace Sync.Etcd.Client.Connections;

/// <summary>
/// The token that calls carry once users are switched on in the store; fetched when first needed and
/// again after it was refused. Source: etcd's client behaviour, metadata key <c>token</c>.
/// </summary>
internal sealed class SignIn(EndpointRing ring, EtcdCredentials? credentials, TimeSpan timeout, TimeProvider time)
    : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    // Null: not asked yet or refused since. Empty: the store has no users switched on.
    private volatile string? _token;

    /// <summary>Whether there is anybody to sign in as.</summary>
    public bool HasCredentials => credentials is not null;

    /// <summary>Gets a token unless one is at hand or nobody needs one.</summary>
    /// <exception cref="RpcException">The name or password is wrong, or no endpoint answered.</exception>
    public async Task EnsureAsync(CancellationToken cancellation)
    {
        if (credentials is null || _token is not null)
        {
            return;
        }

        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            _token ??= await FetchAsync(credentials, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Forgets the token, so that the next call fetches another.</summary>
    public void Forget() => _token = null;

    /// <summary>Adds the token at hand to a call.</summary>
    public CallOptions Sign(CallOptions call)
    {
        if (_token is not { Length: > 0 } token)
        {
            return call;
        }

        var headers = new Metadata();
        foreach (var entry in call.Headers ?? [])
        {
            headers.Add(entry);
        }

        headers.Add("token", token);
        return call.WithHeaders(headers);
    }

    public void Dispose() => _turn.Dispose();

    private async Task<string> FetchAsync(EtcdCredentials user, CancellationToken cancellation)
    {
        var connection = ring.Current;
        try
        {
            var answer = await new Auth.AuthClient(connection.Channel).AuthenticateAsync(
                new AuthenticateRequest { Name = user.User, Password = user.Password },
                deadline: (time.GetUtcNow() + timeout).UtcDateTime, cancellationToken: cancellation)
                .ConfigureAwait(false);
            return answer.Token;
        }
        catch (RpcException error) when (EtcdErrors.IsAuthenticationOff(error))
        {
            return "";
        }
    }
}
