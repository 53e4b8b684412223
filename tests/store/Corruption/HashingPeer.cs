using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Sync.Peers.Api;
using Sync.TestKit;

namespace Sync.Store.Tests.Corruption;

/// <summary>Another member, on a port of its own, that hashes for as long as the test likes.</summary>
internal sealed class HashingPeer : IAsyncDisposable
{
    private readonly int _port = FreePort.Take();
    private readonly Service _service = new();
    private readonly WebApplication _server;

    /// <summary>A member that does not listen yet.</summary>
    public HashingPeer()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.ListenLocalhost(_port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddRouting();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(_service);
        _server = builder.Build();
        _server.MapGrpcService<Service>();
    }

    /// <summary>Where it listens.</summary>
    public string Url => $"http://127.0.0.1:{_port}";

    /// <summary>Ends when it is asked for a hash.</summary>
    public Task Asked => _service.Asked.Task;

    /// <summary>Ends when nobody waits for the hash any more.</summary>
    public Task GivenUp => _service.GivenUp.Task;

    /// <summary>Begins to listen.</summary>
    public Task StartAsync() => _server.StartAsync(Deadline.Default);

    /// <summary>Says what the hash is.</summary>
    public void Answer(HashAnswer answer) => _service.Answer.SetResult(answer);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private sealed class Service : Peer.PeerBase
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource GivenUp { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<HashAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override Task<Introduction> Introduce(Introduction request, ServerCallContext context) =>
            Task.FromResult(new Introduction());

        public override async Task<HashAnswer> Hash(HashQuestion request, ServerCallContext context)
        {
            Asked.TrySetResult();
            try
            {
                return await Answer.Task.WaitAsync(context.CancellationToken);
            }
            catch (OperationCanceledException)
            {
                GivenUp.TrySetResult();
                throw;
            }
        }
    }
}
