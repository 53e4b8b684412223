using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Sync.Metad.Tests.Running;

namespace Sync.Metad.Tests.Stock;

/// <summary>The original's benchmark tool, as its contract records it: its data, and requests whose bodies it never reads.</summary>
internal static class StockBenchmark
{
    public const int Clusters = 20;
    public const int Hosts = 20;

    /// <summary>Fills in what the tool calls simulated data: 20 clusters of 20 hosts, 400 mappings, one rule.</summary>
    public static async Task FillAsync(MetadServer server)
    {
        await server.WriteAsync("PUT", "/v1/data/clusters", JsonSerializer.Serialize(
            Enumerable.Range(0, Clusters).ToDictionary(cluster => $"cl-{cluster}", Cluster)));
        await server.WriteAsync("PUT", "/v1/mapping", JsonSerializer.Serialize(
            (from cluster in Enumerable.Range(0, Clusters)
             from host in Enumerable.Range(0, Hosts)
             select (cluster, host)).ToDictionary(pair => $"192.168.{pair.cluster}.{pair.host}", Targets)));
        await server.WriteAsync("PUT", "/v1/rule", """{"127.0.0.1":[{"path":"/","mode":1}]}""");
    }

    /// <summary>One read: it ends with the head of the answer, and so does its connection.</summary>
    /// <returns>The status line.</returns>
    public static async Task<string> GetAsync(int port, string path, string caller, CancellationToken limit)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, limit);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nX-Forwarded-For: {caller}\r\n\r\n"),
            limit);
        var buffer = new byte[256];
        var read = await stream.ReadAtLeastAsync(buffer, 16, throwOnEndOfStream: true, limit);
        return Encoding.ASCII.GetString(buffer, 0, read).Split('\r')[0];
    }

    private static Dictionary<string, object> Cluster(int cluster) => new()
    {
        ["cluster"] = Leaves(cluster, 5),
        ["hosts"] = Enumerable.Range(0, Hosts).ToDictionary(host => $"i-{host}", host => Leaves(host, 10)),
        ["cmd"] = Enumerable.Range(0, Hosts).ToDictionary(host => $"i-{host}", host => Leaves(host, 3)),
        ["env"] = Leaves(cluster, 5),
    };

    private static Dictionary<string, string> Leaves(int of, int count) => Enumerable.Range(0, count).ToDictionary(
        leaf => $"k{leaf}", leaf => string.Create(CultureInfo.InvariantCulture, $"value {of} {leaf}"));

    private static Dictionary<string, string> Targets((int Cluster, int Host) of)
    {
        var cluster = $"/clusters/cl-{of.Cluster}";
        return new()
        {
            ["cluster"] = $"{cluster}/cluster",
            ["cmd"] = $"{cluster}/cmd/i-{of.Host}",
            ["env"] = $"{cluster}/env",
            ["host"] = $"{cluster}/hosts/i-{of.Host}",
            ["hosts"] = $"{cluster}/hosts",
        };
    }
}
