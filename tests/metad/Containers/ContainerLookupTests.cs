using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Containers;

/// <summary>
/// Whose an address is, by the runtime's word. The runtimes are fakes that replay the documented interfaces at Unix sockets.
/// </summary>
public sealed class ContainerLookupTests : IDisposable
{
    private const string Tree = """{"a":{"k":"A"},"b":{"k":"B"},"c":{"k":"C"}}""";

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_containers_address_is_the_container_by_name_and_by_id()
    {
        await using var docker = await FakeDocker.StartAsync(_folder.At("docker"));
        docker.Start("web", "172.17.0.2", "fd00::2");
        docker.Start("db", "172.17.0.3");
        await using var server = await StartAsync($"--docker_socket={_folder.At("docker")}");

        await BecomesAsync(server, "172.17.0.2", "A");
        await BecomesAsync(server, "FD00:0::2", "A");
        await BecomesAsync(server, "172.17.0.3", "B");
        (await StatusAsync(server, "172.17.0.4")).Should().Be(404);
    }

    [Fact]
    public async Task An_address_that_went_to_another_container_is_no_longer_the_first_ones_even_before_it_is_told()
    {
        await using var docker = await FakeDocker.StartAsync(_folder.At("docker"));
        docker.Start("web", "172.17.0.2");
        await using var server = await StartAsync($"--docker_socket={_folder.At("docker")}");
        await BecomesAsync(server, "172.17.0.2", "A");

        docker.IsSilent = true;
        docker.Stop("web");
        docker.Start("db", "172.17.0.2");

        (await StatusAsync(server, "172.17.0.2")).Should().Be(404, "nobody's until the runtime has told whose");
        docker.IsSilent = false;
        docker.Start("cache", "172.17.0.9");
        await BecomesAsync(server, "172.17.0.2", "B");
    }

    [Fact]
    public async Task An_address_that_two_containers_have_is_nobodys()
    {
        await using var docker = await FakeDocker.StartAsync(_folder.At("docker"));
        docker.Start("web", "172.17.0.2");
        await using var server = await StartAsync($"--docker_socket={_folder.At("docker")}");
        await BecomesAsync(server, "172.17.0.2", "A");

        docker.Start("db", "172.17.0.2");

        await MetadServer.UntilAsync(async () => await StatusAsync(server, "172.17.0.2") == 404);
        docker.Stop("db");
        await BecomesAsync(server, "172.17.0.2", "A");
    }

    [Fact]
    public async Task A_daemon_that_is_away_leaves_addresses_and_comes_back()
    {
        await using var server = await StartAsync($"--docker_socket={_folder.At("docker")}");
        await server.WriteAsync("PUT", "/v1/mapping", """{"172.17.0.2":{"me":"/c"}}""");
        await BecomesAsync(server, "172.17.0.2", "C");

        await using (var docker = await FakeDocker.StartAsync(_folder.At("docker")))
        {
            docker.Start("web", "172.17.0.2");
            await BecomesAsync(server, "172.17.0.2", "A");
        }

        await BecomesAsync(server, "172.17.0.2", "C");
        await using var again = await FakeDocker.StartAsync(_folder.At("docker"));
        again.Start("web", "172.17.0.2");
        await BecomesAsync(server, "172.17.0.2", "A");
    }

    [Fact]
    public async Task A_connection_is_looked_up_once()
    {
        await using var docker = await FakeDocker.StartAsync(_folder.At("docker"));
        docker.Start("web", "127.0.0.1");
        await using var server = await StartAsync($"--docker_socket={_folder.At("docker")}", "--xff=false");
        await MetadServer.UntilAsync(async () =>
            (await RawClient.SendAsync(server.Port, "GET", "/self/me/k")).Body == "A");
        var before = docker.Inspections;

        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{server.Port}") };
        for (var round = 0; round < 20; round++)
        {
            (await http.GetStringAsync("/self/me/k")).Should().Be("A");
        }

        (docker.Inspections - before).Should().Be(1);
    }

    [Fact]
    public async Task A_container_that_the_daemon_tells_of_late_is_waited_for()
    {
        await using var docker = await FakeDocker.StartAsync(_folder.At("docker"));
        docker.Start("db", "172.17.0.3");
        await using var server = await StartAsync($"--docker_socket={_folder.At("docker")}", "--identity_wait=60000");
        await BecomesAsync(server, "172.17.0.3", "B");

        var early = await server.WaitOnAsync("/self/me/k", "172.17.0.2");
        docker.Start("web", "172.17.0.2");

        (await early).Body.Should().Be("\"A\"");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pods_address_is_the_pod_with_events_and_without(bool hasEvents)
    {
        await using var cri = await FakeCri.StartAsync(_folder.At("cri"), hasEvents);
        cri.Start("default", "web-0", isOnHostNetwork: false, "10.1.0.2", "fd00::2");
        cri.Start("kube-system", "proxy", isOnHostNetwork: true, "10.1.0.3");
        await using var server = await StartAsync($"--cri_socket={_folder.At("cri")}");
        await server.WriteAsync(
            "PUT", "/v1/mapping", """{"pod:default:web-0":{"me":"/a"},"pod:kube-system:proxy":{"me":"/b"}}""");

        await BecomesAsync(server, "10.1.0.2", "A");
        await BecomesAsync(server, "fd00::2", "A");
        (await StatusAsync(server, "10.1.0.3")).Should().Be(404, "the machine's address is not the pod's own");

        cri.Stop("default", "web-0");
        (await StatusAsync(server, "10.1.0.2")).Should().Be(404);
        cri.Start("default", "web-0", isOnHostNetwork: false, "10.1.0.7");
        await BecomesAsync(server, "10.1.0.7", "A");
        (await server.StopAsync()).Should().Be(0, "that it follows is no fault");
    }

    [Fact]
    public async Task A_runtime_that_cancels_a_question_is_asked_again()
    {
        await using var cri = await FakeCri.StartAsync(_folder.At("cri"));
        cri.Start("default", "web-0", isOnHostNetwork: false, "10.1.0.2");
        cri.CancelLists(2);
        await using var server = await StartAsync($"--cri_socket={_folder.At("cri")}");
        await server.WriteAsync("PUT", "/v1/mapping", """{"pod:default:web-0":{"me":"/a"}}""");

        await BecomesAsync(server, "10.1.0.2", "A");
    }

    private static async Task<MetadServer> StartAsync(params string[] arguments)
    {
        var server = await MetadServer.StartAsync(arguments);
        await server.BecomeReadyAsync();
        await server.WriteAsync("PUT", "/v1/data", Tree);
        await server.WriteAsync("PUT", "/v1/mapping",
            $$$"""{"container-name:web":{"me":"/a"},"container:{{{FakeDocker.IdOf("db")}}}":{"me":"/b"}}""");
        return server;
    }

    private static Task BecomesAsync(MetadServer server, string client, string body) =>
        MetadServer.UntilAsync(async () => (await server.GetAsync("/self/me/k", client)).Body == body);

    private static async Task<int> StatusAsync(MetadServer server, string client) =>
        (await server.GetAsync("/self/me/k", client)).Status;
}
