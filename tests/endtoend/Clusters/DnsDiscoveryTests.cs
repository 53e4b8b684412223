using System.Net;
using System.Net.Sockets;
using Sync.EndToEnd.Tests.Programs;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>Members that know of each other by a domain alone, whose name server is the test.</summary>
/// <remarks>
/// Each member sees another <c>/etc/resolv.conf</c>, in a mount namespace of its own. That file can name no port, so the
/// name server takes port 53 of an address of loopback.
/// </remarks>
public sealed class DnsDiscoveryTests : IDisposable
{
    private const string Domain = "cluster.test";
    private const string Service = $"_etcd-server._tcp.{Domain}";

    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(4));
    private readonly TempDirectory _directory = new();
    private readonly List<DnsServer> _servers = [];

    public void Dispose()
    {
        _servers.ForEach(server => server.Dispose());
        _directory.Dispose();
    }

    [NamespaceFact("unshare", "mount")]
    public async Task Members_that_know_a_domain_form_a_cluster_of_those_that_its_records_name()
    {
        var seats = ClusterSeat.Take(["m1", "m2", "m3"]);
        var server = NewServer();
        foreach (var seat in seats)
        {
            server.AddHost($"{seat.Name}.{Domain}", IPAddress.Loopback);
            server.AddService(Service, $"{seat.Name}.{Domain}", seat.PeerUrl.Port);
        }

        // Each of them is told the records in another order.
        var program = ProgramThatAsks(server);
        var members = await Task.WhenAll(seats.Select(seat => StoreServer.StartMemberAsync(
            program, seat, _directory.At(seat.Name), ["--discovery-srv", Domain], _limit)));
        try
        {
            using var client = new ClusterClient(members);
            await client.PutAsync(1, "key", "value", TimeSpan.FromSeconds(30));
            (await client.GetAsync(2, "key", TimeSpan.FromSeconds(30))).Should().Be("value");
            var urls = await PeerUrlsAsync(seats[0]);
            urls.Should().ContainAll(seats.Select(seat => $"http://{seat.Name}.{Domain}:{seat.PeerUrl.Port}"));

            // What DNS says counts for empty folders alone.
            (await members[0].StopAsync(_limit)).Should().Be(0);
            server.Remove(Service);
            await members[0].StartAgainAsync(_limit);
        }
        finally
        {
            await Task.WhenAll(members.Select(member => member.DisposeAsync().AsTask()));
        }
    }

    [NamespaceFact("unshare", "mount")]
    public async Task A_member_that_the_records_do_not_name_is_told_whom_they_name()
    {
        var seats = ClusterSeat.Take(["m1", "m2"]);
        var server = NewServer();
        server.AddHost($"m1.{Domain}", IPAddress.Loopback);
        server.AddService(Service, $"m1.{Domain}", seats[0].PeerUrl.Port);

        var ended = await EndAsync(server, seats[1]);

        ended.Should().BeFailure(naming: "cannot find local etcd member \"m2\" in SRV records");
        ended.Errors.Should().Contain($"http://m1.{Domain}:{seats[0].PeerUrl.Port} (127.0.0.1)");
    }

    [NamespaceFact("unshare", "mount")]
    public async Task A_domain_without_records_is_told_by_their_names()
    {
        var ended = await EndAsync(NewServer(), ClusterSeat.Take(["m1"])[0]);

        ended.Should().BeFailure(naming: $"_etcd-server-ssl._tcp.{Domain} and {Service}: there are none");
    }

    private async Task<string> PeerUrlsAsync(ClusterSeat seat)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(seat.PeerUrl, "members"), _limit);
    }

    private async Task<EndedProgram> EndAsync(DnsServer server, ClusterSeat seat)
    {
        await using var process = await ServerProcess.StartAsync(
            ProgramThatAsks(server).Executable,
            [.. seat.Arguments(_directory.At(seat.Name)), "--discovery-srv", Domain],
            Readiness.AtOnce,
            _limit);
        var exitCode = await process.ExitCodeAsync(_limit);
        return new EndedProgram(exitCode, process.Log.Tail(count: 100));
    }

    private StoreProgram ProgramThatAsks(DnsServer server)
    {
        var names = _directory.Write("resolv.conf", $"nameserver {server.EndPoint.Address}\n");
        var order = _directory.Write("nsswitch.conf", "hosts: files dns\n");
        var mount = DebianPrograms.Require("mount");
        var script = _directory.Write(
            "store-with-dns",
            $"""
            #!/bin/sh
            exec {DebianPrograms.Require("unshare")} --mount /bin/sh -c '
                {mount} --bind {names} /etc/resolv.conf && {mount} --bind {order} /etc/nsswitch.conf && exec "$0" "$@"
            ' {StoreProgram.Ours.Executable} "$@"

            """);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return StoreProgram.Ours with { Executable = script };
    }

    // Other test runs take addresses of the same range.
    private DnsServer NewServer()
    {
        for (var attempts = 20; ; attempts--)
        {
            try
            {
                var address = new IPAddress([127, 53, (byte)Random.Shared.Next(256), (byte)Random.Shared.Next(1, 255)]);
                var server = new DnsServer(new IPEndPoint(address, 53));
                _servers.Add(server);
                return server;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse && attempts > 0)
            {
                // The next one is free.
            }
        }
    }
}
