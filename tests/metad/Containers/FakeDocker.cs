using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Sync.Metad.Tests.Containers;

/// <summary>
/// Answers at a Unix socket as a Docker daemon does: bodies have the shape that Docker Engine API 1.43 documents for
/// ContainerList, ContainerInspect and SystemEvents, with fields beside those that are read.
/// </summary>
internal sealed class FakeDocker : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, (string Name, string[] Addresses)> _containers = new();
    private readonly ConcurrentDictionary<string, Dictionary<string, string>> _labels = new();
    private readonly ConcurrentDictionary<Channel<string>, byte> _followers = new();
    private readonly WebApplication _app;
    private readonly string _path;
    private int _inspections;

    private FakeDocker(string socketPath)
    {
        _path = socketPath;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socketPath));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>How often one container was looked at.</summary>
    public int Inspections => Volatile.Read(ref _inspections);

    /// <summary>Whether changes are told; a daemon that is behind tells them later.</summary>
    public bool IsSilent { get; set; }

    public static async Task<FakeDocker> StartAsync(string socketPath)
    {
        File.Delete(socketPath);
        var docker = new FakeDocker(socketPath);
        await docker._app.StartAsync();
        return docker;
    }

    public static string IdOf(string name) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Snapshots.Bytes(name)));

    /// <summary>Gives a container that is yet to start a label.</summary>
    public void Label(string name, string label, string value) => _labels[IdOf(name)] = new() { ["maintainer"] = "x", [label] = value };

    public void Start(string name, params string[] addresses)
    {
        _containers[IdOf(name)] = (name, addresses);
        Tell("start", IdOf(name));
    }

    public void Stop(string name)
    {
        _containers.TryRemove(IdOf(name), out _);
        Tell("die", IdOf(name));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var follower in _followers.Keys)
        {
            follower.Writer.TryComplete();
        }

        await _app.DisposeAsync();
        File.Delete(_path);
    }

    private void Tell(string action, string id)
    {
        foreach (var follower in IsSilent ? [] : _followers.Keys)
        {
            follower.Writer.TryWrite(
                $$"""{"status":"{{action}}","id":"{{id}}","Type":"container","Action":"{{action}}","time":1629574695}""");
        }
    }

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        return path switch
        {
            "/containers/json" => WriteAsync(context, _containers.Select(pair => new
            {
                Id = pair.Key,
                Names = new[] { $"/{pair.Value.Name}", $"/other/{pair.Value.Name}" },
                Image = "debian:12",
                State = "running",
                Labels = _labels.GetValueOrDefault(pair.Key, []),
                HostConfig = new { NetworkMode = "bridge" },
                NetworkSettings = new { Networks = Networks(pair.Value.Addresses) },
            })),
            "/events" => FollowAsync(context),
            _ => InspectAsync(context, path.Split('/')[2]),
        };
    }

    private Task InspectAsync(HttpContext context, string id)
    {
        Interlocked.Increment(ref _inspections);
        if (!_containers.TryGetValue(id, out var container))
        {
            context.Response.StatusCode = 404;
            return WriteAsync(context, new { message = $"No such container: {id}" });
        }

        return WriteAsync(context, new
        {
            Id = id,
            Name = $"/{container.Name}",
            State = new { Status = "running", Running = true, Pid = 4711 },
            Config = new { Image = "debian:12", Labels = _labels.GetValueOrDefault(id) },
            NetworkSettings = new { Networks = Networks(container.Addresses) },
        });
    }

    private static Dictionary<string, Network> Networks(string[] addresses) =>
        addresses.Select((address, index) => (address, index)).ToDictionary(
            pair => $"net{pair.index}",
            pair => pair.address.Contains(':', StringComparison.Ordinal)
                ? new Network("02:42:ac:11:00:02", IPAddress: "", GlobalIPv6Address: pair.address)
                : new Network("02:42:ac:11:00:02", IPAddress: pair.address, GlobalIPv6Address: ""));

    private async Task FollowAsync(HttpContext context)
    {
        var told = Channel.CreateUnbounded<string>();
        _followers.TryAdd(told, 0);

        // Who has the headers misses nothing from then on.
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await foreach (var line in told.Reader.ReadAllAsync(context.RequestAborted))
        {
            await context.Response.WriteAsync(line + "\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private sealed record Network(string MacAddress, string IPAddress, string GlobalIPv6Address);

    private static Task WriteAsync<T>(HttpContext context, T body)
    {
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body), context.RequestAborted).AsTask();
    }
}
