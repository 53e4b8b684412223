using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Threading.Channels;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sync.Metad.Containers.Cri;

namespace Sync.Metad.Tests.Containers;

/// <summary>Answers at a Unix socket as a CRI runtime does: gRPC frames of the interface's version 1.</summary>
internal sealed class FakeCri : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, PodSandboxStatus> _pods = new();
    private readonly ConcurrentDictionary<Channel<string>, byte> _followers = new();
    private readonly WebApplication _app;
    private readonly bool _hasEvents;
    private int _refusals;

    private FakeCri(string socketPath, bool hasEvents)
    {
        _hasEvents = hasEvents;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.ListenUnixSocket(socketPath, listener => listener.Protocols = HttpProtocols.Http2));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public static async Task<FakeCri> StartAsync(string socketPath, bool hasEvents = true)
    {
        var cri = new FakeCri(socketPath, hasEvents);
        await cri._app.StartAsync();
        return cri;
    }

    /// <summary>Ends the next so many lists by a status of its own: cancelled, as a runtime does that is about to stop.</summary>
    public void CancelLists(int count) => Volatile.Write(ref _refusals, count);

    public void Start(string space, string name, bool isOnHostNetwork, params string[] addresses) =>
        Start(space, name, isOnHostNetwork, _ => { }, addresses);

    /// <summary>Starts a pod with labels or annotations.</summary>
    public void Start(string space, string name, bool isOnHostNetwork, Action<PodSandboxStatus> mark, params string[] addresses)
    {
        var pod = new PodSandboxStatus
        {
            Id = $"{space}-{name}",
            Metadata = new() { Namespace = space, Name = name, Uid = "u" },
            State = PodSandboxState.SandboxReady,
            Network = new() { Ip = addresses[0] },
            Linux = new()
            {
                Namespaces = new() { Options = new() { Network = isOnHostNetwork ? NamespaceMode.Node : NamespaceMode.Pod } },
            },
        };
        pod.Network.AdditionalIps.AddRange(addresses.Skip(1).Select(address => new PodIP { Ip = address }));
        mark(pod);
        _pods[pod.Id] = pod;
        Tell(pod.Id);
    }

    public void Stop(string space, string name)
    {
        _pods[$"{space}-{name}"].State = PodSandboxState.SandboxNotready;
        Tell($"{space}-{name}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var follower in _followers.Keys)
        {
            follower.Writer.TryComplete();
        }

        await _app.DisposeAsync();
    }

    private void Tell(string id)
    {
        foreach (var follower in _followers.Keys)
        {
            follower.Writer.TryWrite(id);
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var status = "0";
        switch (context.Request.Path.Value)
        {
            case "/runtime.v1.RuntimeService/ListPodSandbox" when Interlocked.Decrement(ref _refusals) >= 0:
                status = "1";
                break;
            case "/runtime.v1.RuntimeService/ListPodSandbox":
                var list = new ListPodSandboxResponse();
                list.Items.AddRange(_pods.Values.Where(pod => pod.State == PodSandboxState.SandboxReady)
                    .Select(pod => new PodSandbox { Id = pod.Id, Metadata = pod.Metadata, State = pod.State }));
                await WriteAsync(context, list);
                break;
            case "/runtime.v1.RuntimeService/PodSandboxStatus":
                var asked = PodSandboxStatusRequest.Parser.ParseFrom(body.ToArray().AsSpan(5).ToArray());
                status = _pods.TryGetValue(asked.PodSandboxId, out var found) ? "0" : "5";
                await (found is null ? Task.CompletedTask : WriteAsync(context, new PodSandboxStatusResponse { Status = found }));
                break;
            case "/runtime.v1.RuntimeService/GetContainerEvents" when _hasEvents:
                await FollowAsync(context);
                break;
            default:
                status = "12";
                break;
        }

        context.Response.AppendTrailer("grpc-status", status);
    }

    private async Task FollowAsync(HttpContext context)
    {
        var told = Channel.CreateUnbounded<string>();
        _followers.TryAdd(told, 0);

        // Who has the headers misses nothing from then on.
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await foreach (var id in told.Reader.ReadAllAsync(context.RequestAborted))
        {
            await WriteAsync(context, new ContainerEventResponse { ContainerId = id });
        }
    }

    private static async Task WriteAsync(HttpContext context, IMessage message)
    {
        var bytes = message.ToByteArray();
        var frame = new byte[5 + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), bytes.Length);
        bytes.CopyTo(frame, 5);
        await context.Response.Body.WriteAsync(frame, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
