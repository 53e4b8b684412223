using System.Net;
using Sync.Etcd.Client;
using Sync.Etcd.Client.Connections;

namespace Sync.Registry;

/// <summary>A small service on a port of the kernel's choice that says its name.</summary>
internal static class HelloService
{
    // How long a balancer may take to hear that the service leaves, before it stops answering.
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(1);

    /// <summary>Serves and stays registered until SIGTERM or SIGINT.</summary>
    /// <param name="name">What it says, and its key's last part.</param>
    /// <param name="endpoint">The store to register at.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string name, string endpoint)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port: 0));
        await using var service = builder.Build();
        service.MapGet("/", () => name);
        await service.StartAsync();

        using var client = new EtcdClient(new EtcdClientOptions { Endpoints = [endpoint] });
        var address = new Uri(service.Urls.Single()).Authority;
        await using var registration = new Registration(client, $"/services/hello/{name}", address);
        var staying = registration.StayAsync(service.Lifetime.ApplicationStopping);
        await Task.WhenAny(staying, Task.Delay(Timeout.Infinite, service.Lifetime.ApplicationStopping));

        await registration.LeaveAsync();
        await Task.Delay(LeaveTime);
        await service.StopAsync();
        return 0;
    }
}
