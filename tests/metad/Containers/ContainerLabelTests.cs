using Sync.Metad.Model.Mapping;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Containers;

/// <summary>Containers that a label maps, by the runtime's word; where the operator said that labels count.</summary>
public sealed class ContainerLabelTests : IDisposable
{
    private const string Tree = """{"a":{"k":"A"},"b":{"k":"B"},"apps":{"web":{"k":"W"}}}""";

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_label_maps_its_container_until_an_entry_does()
    {
        await using var docker = await StartDockerAsync("/apps/web");
        await using var server = await StartAsync("--container_labels=/", Docker);
        await BecomesAsync(server, "172.17.0.2", "W");
        (await server.JsonAsync("/", "172.17.0.2")).Should().Be("""{"apps":{"web":{"k":"W"}},"self":{"node":{"k":"W"}}}""");

        var waiting = await server.WaitOnAsync("/self/node/k?wait=true", "172.17.0.2");
        await server.WriteAsync("PUT", "/v1/mapping", """{"172.17.0.0/16":{"node":"/b"},"default":{"node":"/b"}}""");
        await server.WriteAsync("PUT", "/v1/mapping", """{"container-name:web":{"node":"/a"}}""");

        (await waiting).Body.Should().Be("\"A\"", "the block and the entry for everybody come after the label");
        await server.WriteAsync("DELETE", "/v1/mapping?subs=container-name:web");
        await BecomesAsync(server, "172.17.0.2", "W");
        (await server.GetAsync("/self/node/k", "172.17.0.3")).Body.Should().Be("B", "that container has no label");
    }

    [Fact]
    public async Task Rules_hide_what_a_label_names()
    {
        await using var docker = await StartDockerAsync("/apps/web, a=/a");
        await using var server = await StartAsync("--container_labels=/", Docker);
        await BecomesAsync(server, "172.17.0.2", "W");

        await server.WriteAsync("PUT", "/v1/rule", """{"*":[{"path":"/a","mode":1}]}""");

        (await server.JsonAsync("/self", "172.17.0.2")).Should().Be("""{"a":{"k":"A"}}""");
    }

    [Fact]
    public async Task An_explanation_is_of_the_caller_as_its_container_makes_it()
    {
        await using var docker = await StartDockerAsync("/apps/web");
        await using var server = await StartAsync("--container_labels=/apps", Docker);
        await BecomesAsync(server, "172.17.0.2", "W");
        var id = FakeDocker.IdOf("web");

        var byAddress = await ExplainAsync("172.17.0.2", "/self/node/k");
        var byContainer = await ExplainAsync($"container:{id}", "/self/node/k");
        var json = await ExplainAsync("172.17.0.2", "/self/node/k&format=json");
        await server.WriteAsync("PUT", "/v1/rule", """{"container-name:web":[{"path":"/apps/web/k","mode":0}]}""");

        byAddress.Should().StartWith("172.17.0.2 sees /self/node/k: the value there may be read\nknown as: ")
            .And.Contain("container-name:web").And.Contain("\nmapping: that of the label com.sync.metad/path\ntarget: /apps/web/k\n");
        byContainer.Should().StartWith($"container:{id} sees /self/node/k");
        json.Should().Contain("container-name:web").And.Contain("\"mapping\": \"the label com.sync.metad/path\"");
        (await ExplainAsync("172.17.0.2", "/self/node/k")).Should().StartWith("172.17.0.2 does not see /self/node/k")
            .And.Contain("rules: those of container-name:web\n");
        (await server.GetAsync("/self/node/k", "172.17.0.2")).Status.Should().Be(404);

        async Task<string> ExplainAsync(string host, string path) =>
            (await server.ManageAsync("GET", $"/v1/rule/explain?host={host}&path={path}")).Body;
    }

    [Fact]
    public async Task Without_the_setting_a_label_is_nothing()
    {
        await using var docker = await StartDockerAsync("/apps/web");
        await using var server = await StartAsync(Docker);
        await server.WriteAsync("PUT", "/v1/mapping", """{"container-name:db":{"node":"/b"}}""");
        await BecomesAsync(server, "172.17.0.3", "B");

        (await server.GetAsync("/self", "172.17.0.2")).Status.Should().Be(404);
    }

    [Theory]
    [InlineData("/a")]
    [InlineData("/apps/web,secret=/b")]
    [InlineData("/apps/../b")]
    [InlineData("web")]
    public async Task A_label_that_leads_out_of_its_bound_or_cannot_be_read_is_told_once_and_passed_over(string label)
    {
        await using var docker = await StartDockerAsync(label);
        docker.Label("cache", LabelMapping.Label, "/apps/web");
        docker.Start("cache", "172.17.0.4");
        await using var server = await MetadServer.StartBesideAsync("--container_labels=/apps", Docker);
        await FillAsync(server);
        await BecomesAsync(server, "172.17.0.4", "W");

        (await server.GetAsync("/self", "172.17.0.2")).Status.Should().Be(404);
        docker.Start("late", "172.17.0.5");
        docker.Label("last", LabelMapping.Label, "/apps/web");
        docker.Start("last", "172.17.0.6");
        await BecomesAsync(server, "172.17.0.6", "W");

        await server.StopAsync();
        server.Process.Log.Lines.Where(line => line.Contains("The label of container", StringComparison.Ordinal))
            .Should().ContainSingle().Which.Should().Contain(FakeDocker.IdOf("web"));
    }

    [Fact]
    public async Task A_caller_that_is_known_by_its_container_alone_has_its_label_too()
    {
        await using var docker = await StartDockerAsync("/apps/web");
        await using var server = await StartAsync("--container_labels=/apps", Docker, $"--proxy_secret_file={Secret()}");
        await BecomesAsync(server, "172.17.0.2", "W");
        var before = docker.Inspections;

        var known = await RawClient.SendAsync(server.Port, "GET", "/self/node/k", Sign($"container:{FakeDocker.IdOf("web")}"));
        var other = await RawClient.SendAsync(server.Port, "GET", "/self/node/k", Sign($"container:{FakeDocker.IdOf("db")}"));

        known.Body.Should().Be("W");
        other.Status.Should().Be(404);
        (docker.Inspections - before).Should().Be(2);
    }

    [Fact]
    public async Task A_container_that_comes_late_is_waited_for_and_then_has_what_its_label_says()
    {
        await using var docker = await StartDockerAsync("/a");
        await using var server = await StartAsync("--container_labels=/", Docker, "--identity_wait=60000");
        await BecomesAsync(server, "172.17.0.2", "A");

        var early = await server.WaitOnAsync("/self/node/k", "172.17.0.9");
        docker.Label("cache", LabelMapping.Label, "/b");
        docker.Start("cache", "172.17.0.9");

        (await early).Body.Should().Be("\"B\"");
    }

    [Fact]
    public async Task A_pods_annotation_maps_it_before_its_label()
    {
        await using var cri = await FakeCri.StartAsync(_folder.At("cri"));
        cri.Start("default", "both", isOnHostNetwork: false, pod =>
        {
            pod.Annotations[LabelMapping.Label] = "/apps/web";
            pod.Labels[LabelMapping.Label] = "/a";
        }, "10.1.0.2");
        cri.Start("default", "label", isOnHostNetwork: false, pod => pod.Labels[LabelMapping.Label] = "/a", "10.1.0.3");
        await using var server = await StartAsync("--container_labels=/", $"--cri_socket={_folder.At("cri")}");

        await BecomesAsync(server, "10.1.0.2", "W");
        await BecomesAsync(server, "10.1.0.3", "A");
    }

    private string Docker => $"--docker_socket={_folder.At("docker")}";

    private async Task<FakeDocker> StartDockerAsync(string label)
    {
        var docker = await FakeDocker.StartAsync(_folder.At("docker"));
        docker.Label("web", LabelMapping.Label, label);
        docker.Start("web", "172.17.0.2");
        docker.Start("db", "172.17.0.3");
        return docker;
    }

    private static async Task<MetadServer> StartAsync(params string[] arguments)
    {
        var server = await MetadServer.StartAsync(arguments);
        await FillAsync(server);
        return server;
    }

    private static async Task FillAsync(MetadServer server)
    {
        await server.BecomeReadyAsync();
        await server.WriteAsync("PUT", "/v1/data", Tree);
    }

    private static Task BecomesAsync(MetadServer server, string client, string body) =>
        MetadServer.UntilAsync(async () => (await server.GetAsync("/self/node/k", client)).Body == body);

    private string Secret() => Secrets.Write(_folder, "proxies", "a-secret-of-proxies\n");

    private static string[] Sign(string identity) => Secrets.Sign("a-secret-of-proxies", "/self/node/k", identity);
}
