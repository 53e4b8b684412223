using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using Sync.Metad.Listening;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Listening;

/// <summary>Connections: how many there may be, what a request may carry, and what the kernel says at a Unix socket.</summary>
public sealed partial class ConnectionTests : IDisposable
{
    private const string Tree = """{"a":{"k":"A"},"b":{"k":"B"}}""";

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_gate_counts_in_total_and_of_each_peer_and_forgets_who_left()
    {
        var gate = new ConnectionGate(most: 3, mostOfPeer: 2);

        gate.TryEnter("a").Should().BeTrue();
        gate.TryEnter("a").Should().BeTrue();
        gate.TryEnter("a").Should().BeFalse("a has two");
        gate.TryEnter("b").Should().BeTrue();
        gate.TryEnter("c").Should().BeFalse("there are three");
        gate.Leave("a");
        gate.TryEnter(null).Should().BeTrue();
        gate.Leave(null);
        gate.TryEnter("a").Should().BeTrue();
    }

    [Theory]
    [InlineData(100_000, 1024, 672, 96)]
    [InlineData(300, 1024, 300, 96)]
    [InlineData(500, 64, 1, 1)]
    [InlineData(500, long.MaxValue, 500, 500)]
    public void Connections_leave_room_for_other_files_and_most_are_callers(
        int wanted, long openFiles, int metadata, int manage)
    {
        OpenFiles.ConnectionsMax(wanted, new(IsManage: false), openFiles).Should().Be(metadata);
        OpenFiles.ConnectionsMax(wanted, new(IsManage: true), openFiles).Should().Be(manage);
    }

    [Fact]
    public async Task One_connection_more_than_there_may_be_is_closed_and_room_comes_back()
    {
        await using var server = await MetadServer.StartInsideAsync("--connections_max=3");
        var held = Enumerable.Range(0, 3).Select(_ => new TcpClient()).ToList();
        foreach (var client in held)
        {
            (await IsServedAsync(client, server.Port)).Should().BeTrue();
        }

        using (var one = new TcpClient())
        {
            (await IsServedAsync(one, server.Port)).Should().BeFalse();
        }

        await MetadServer.UntilAsync(() => HasRefusedAsync(server));
        held[0].Dispose();
        await MetadServer.UntilAsync(async () =>
        {
            using var one = new TcpClient();
            return await IsServedAsync(one, server.Port);
        });
        held.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Headers_are_taken_up_to_their_number_and_bytes()
    {
        const int BytesMax = 4096;
        await using var server = await MetadServer.StartAtAsync(
            "", "", "--headers_max=20", $"--header_bytes_max={BytesMax}");
        var others = "Host: test\r\nConnection: close\r\nX: \r\n".Length;

        foreach (var (more, status) in new[] { (0, 200), (1, 431) })
        {
            // Host and Connection are two of them.
            var many = Enumerable.Range(0, 18 + more).Select(number => $"X-{number}: v").ToList();
            var large = new[] { "X: " + new string('v', BytesMax - others + more) };

            (await RawClient.SendAsync(server.ManagePort, "GET", "/health", many)).Status.Should().Be(status);
            (await RawClient.SendAsync(server.ManagePort, "GET", "/health", large)).Status.Should().Be(status);
        }
    }

    [Fact]
    public async Task A_caller_at_a_unix_socket_is_its_process_whatever_it_says()
    {
        await using var server = await StartAtSocketAsync("--xff");
        await server.WriteAsync("PUT", "/v1/mapping",
            $$$"""{"uid:{{{Posix.PosixUser.EffectiveId}}}":{"me":"/a"},"10.0.0.7":{"me":"/b"}}""");

        var answer = await RawClient.SendAsync(
            _folder.At("metad"), "GET", "/self/me/k", ["X-Forwarded-For: 10.0.0.7", "X-Metad-Identity: 10.0.0.7"]);

        answer.Body.Should().Be("A");
    }

    [Fact]
    public async Task One_process_can_be_told_from_every_other()
    {
        await using var server = await StartAtSocketAsync();
        var start = new Metad.Clients.ProcessTable().StartOf(Environment.ProcessId);

        await server.WriteAsync("PUT", "/v1/mapping", $$$"""{"pid:{{{Environment.ProcessId}}}@{{{start}}}":{"me":"/b"}}""");
        (await RawClient.SendAsync(_folder.At("metad"), "GET", "/self/me/k")).Body.Should().Be("B");

        await server.WriteAsync("POST", "/v1/mapping", $$$"""{"pid:{{{Environment.ProcessId}}}@{{{start + 1}}}":{"me":"/b"}}""");
        (await RawClient.SendAsync(_folder.At("metad"), "GET", "/self/me/k")).Status.Should().Be(404);
    }

    [RootFact("curl", "setpriv")]
    public async Task Two_users_at_one_socket_see_their_own()
    {
        File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_101_101);
        await using var server = await StartAtSocketAsync();
        await server.WriteAsync("PUT", "/v1/mapping", """{"uid:65533":{"me":"/a"},"uid:65534":{"me":"/b"}}""");

        foreach (var (user, body) in new[] { ("65533", "A"), ("65534", "B"), ("65532", "Not found\n") })
        {
            var result = await Cli.Wrap(DebianPrograms.Require("setpriv")).WithArguments(
                [
                    "--reuid", user, "--clear-groups", DebianPrograms.Require("curl"), "-s", "-H", "X-Forwarded-For: 10.0.0.7",
                    "--unix-socket", _folder.At("metad"), "http://localhost/self/me/k",
                ])
                .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Deadline.In(TimeSpan.FromSeconds(60)));
            (result.ExitCode, result.StandardOutput, result.StandardError).Should().Be((0, body, ""));
        }
    }

    [Fact]
    public async Task A_socket_left_behind_is_replaced_and_one_in_use_or_another_file_is_not()
    {
        var path = _folder.At("metad");
        using var folder = Posix.PosixDirectory.Open(_folder.FullName);
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path));
            folder.Rename("metad", "kept");
        }

        folder.Rename("kept", "metad");
        await using (var server = await StartAtSocketAsync())
        {
            (await StartErrorAsync($"unix:{path}")).Should().Contain("address already in use");
            await server.Process.StopAsync(Deadline.In(TimeSpan.FromSeconds(60)));
        }

        File.Exists(path).Should().BeFalse("the program removes its socket");
        (await StartErrorAsync($"unix:{_folder.Write("file", "")}")).Should().Contain("is no socket");
        File.Exists(_folder.At("file")).Should().BeTrue();
    }

    private async Task<MetadServer> StartAtSocketAsync(params string[] arguments)
    {
        var server = await MetadServer.StartAtAsync(_folder.At("metad"), "", arguments);
        await server.BecomeReadyAsync();
        await server.WriteAsync("PUT", "/v1/data", Tree);
        return server;
    }

    private static async Task<string> StartErrorAsync(string listen)
    {
        var result = await Cli.Wrap(BuiltPrograms.Require("metad"))
            .WithArguments([$"--listen={listen}", $"--listen_manage=127.0.0.1:{FreePort.Take()}"])
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Deadline.In(TimeSpan.FromSeconds(60)));
        result.ExitCode.Should().Be(1);
        return result.StandardError;
    }

    // The manage port has as little room, and what was answered on it may not have left yet.
    private static async Task<bool> HasRefusedAsync(MetadServer server)
    {
        try
        {
            return Refused().IsMatch((await server.ManageAsync("GET", "/metrics")).Body);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return false;
        }
    }

    // Leaves the connection open when it is served. One that is not may be gone before the client knows that it was made.
    private static async Task<bool> IsServedAsync(TcpClient client, int port)
    {
        try
        {
            var limit = Deadline.In(TimeSpan.FromSeconds(60));
            await client.ConnectAsync(IPAddress.Loopback, port, limit);
            await client.GetStream().WriteAsync("GET /favicon.ico HTTP/1.1\r\nHost: test\r\n\r\n"u8.ToArray(), limit);
            return await client.GetStream().ReadAsync(new byte[1024], limit) > 0;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return false;
        }
    }

    [GeneratedRegex("^metad_denied_total\\{reason=\"connections\"\\} [1-9]", RegexOptions.Multiline)]
    private static partial Regex Refused();
}
