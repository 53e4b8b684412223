namespace Sync.Etcd.Client.Connections;

/// <summary>
/// Asks for a server by a name of its own, whatever the address: the name is what TLS sends and proves.
/// </summary>
/// <remarks>The socket handler takes the TLS name from the request's host and from nowhere else.</remarks>
internal sealed class ServerNameHandler(string serverName, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Host = serverName;
        return base.SendAsync(request, cancellationToken);
    }
}
