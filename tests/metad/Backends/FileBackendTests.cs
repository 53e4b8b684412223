using System.Text;
using Microsoft.Extensions.Time.Testing;
using Sync.Metad.Backends;
using Sync.Metad.Model.Backends;
using Sync.Metad.Model.Paths;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Backends;

/// <summary>Everything in one file: followed, rewritten, and kept when it cannot be read.</summary>
public sealed class FileBackendTests : IDisposable
{
    private const string Client = "10.0.0.1";

    private static readonly KeyLayout Layout = new(prefix: "", group: "default");

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_yaml_file_is_served_and_followed()
    {
        await WriteAsync("m.yaml", """
            data:
              nodes:
                1: {name: node1, port: 80, up: true, note: ~}
            mapping:
              10.0.0.1: {node: /nodes/1}
            rule:
              10.0.0.2:
                - {path: /nodes/1/name, mode: 1}
            """);
        await using var metad = await StartAsync("m.yaml");
        (await metad.JsonAsync("/self", Client)).Should().Be("""{"node":{"name":"node1","note":"","port":"80","up":"true"}}""");
        (await metad.JsonAsync("/", "10.0.0.2")).Should().Be("""{"nodes":{"1":{"name":"node1"}}}""");
        var before = (await metad.GetAsync("/self", Client)).Version;
        var waiting = await metad.WaitOnAsync("/self/node/name?wait=true", Client);

        await WriteAsync("m.yaml", "data: {nodes: {1: {name: renamed}}}\nmapping: {10.0.0.1: {node: /nodes/1}}\n");

        (await waiting).Body.Should().Be("\"renamed\"");
        (await waiting).Version.Should().BeGreaterThan(before);
        (await metad.GetAsync("/", "10.0.0.2")).Status.Should().Be(404, "its rules went with the file's");
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_leaves_the_last_content_and_is_told()
    {
        await WriteAsync("m.json", """{"data":{"a":"1"},"mapping":{"10.0.0.1":{"a":"/a"}}}""");
        await using var metad = await StartAsync("m.json");

        await WriteAsync("m.json", """{"data":{"a":""");
        await MetadServer.UntilAsync(async () => (await metad.GetAsync("/a", Client)).Header("x-metad-stale") is not null);

        (await metad.JsonAsync("/a", Client)).Should().Be("\"1\"");
        (await metad.ManageAsync("GET", "/health/ready")).Status.Should().Be(503);
        await WriteAsync("m.json", """{"data":{"a":"2"},"mapping":{"10.0.0.1":{"a":"/a"}}}""");
        await metad.BecomeReadyAsync();
        (await metad.JsonAsync("/a", Client)).Should().Be("\"2\"");
    }

    [Fact]
    public async Task A_file_may_come_after_the_start()
    {
        await using var metad = await MetadServer.StartAsync("--backend=file", $"--file={_folder.At("late.json")}");
        (await metad.GetAsync("/", Client)).Status.Should().Be(503);

        await WriteAsync("late.json", """{"data":{"a":"1"},"mapping":{"10.0.0.1":{"a":"/a"}}}""");
        await metad.BecomeReadyAsync();

        (await metad.JsonAsync("/self/a", Client)).Should().Be("\"1\"");
    }

    [Fact]
    public async Task Writes_stay_in_the_file_with_their_version()
    {
        await WriteAsync("m.json", "{}");
        long version;
        await using (var metad = await StartAsync("m.json"))
        {
            await metad.WriteAsync("PUT", "/v1/data", """{"a":{"b":"below"},"n":[1,null]}""");
            await metad.WriteAsync("PUT", "/v1/data/a", "\"hidden by what is below\"");
            await metad.WriteAsync("PUT", "/v1/mapping", """{"10.0.0.1":{"dir":{"a":"/a"}}}""");
            await metad.WriteAsync("PUT", "/v1/rule", """{"10.0.0.1":[{"path":"/","mode":1}]}""");
            version = (await metad.GetAsync("/", Client)).Version;
        }

        await using var again = await StartAsync("m.json");

        var read = await again.GetAsync("/", Client, "Accept: application/json");
        (read.Body, read.Version).Should().Be(
            ("""{"a":{"b":"below"},"n":{"0":"1","1":""},"self":{"dir":{"a":{"b":"below"}}}}""", version));
        await again.WriteAsync("DELETE", "/v1/data/a/b");
        (await again.JsonAsync("/a", Client)).Should().Be("\"hidden by what is below\"");
        Directory.GetFiles(_folder.At(".")).Should().ContainSingle("nothing is left beside the file");
    }

    [Fact]
    public async Task An_edit_by_hand_that_was_not_seen_yet_is_not_written_over()
    {
        // The clock stands still after the looks, so nothing but the write can see the edit.
        var path = _folder.Write("m.json", """{"data":{"a":"1"}}""");
        using var backend = NewBackend(path);
        await RestAsync(backend);
        using var stop = new CancellationTokenSource();
        await using var updates = backend.FollowAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        (await updates.MoveNextAsync()).Should().BeTrue();
        (await updates.MoveNextAsync()).Should().BeTrue();
        await File.WriteAllTextAsync(path, """{"data":{"a":"by hand","new":"by hand too"}}""");

        await backend.WriteAsync(
            [new BackendOperation.PutKey(Layout.DataKey(MetadataPath.Split("/b")), "2"u8.ToArray())], guard: null, stop.Token);

        (await File.ReadAllTextAsync(path)).Should().Contain("by hand").And.Contain("by hand too").And.Contain("/b");
        (await updates.MoveNextAsync()).Should().BeTrue();
        updates.Current.Should().BeOfType<BackendUpdate.Changed>().Which.Changes.Should().HaveCount(2);
        (await updates.MoveNextAsync()).Should().BeTrue();
        updates.Current.Should().BeOfType<BackendUpdate.Changed>().Which.Changes.Should().ContainSingle();
        await stop.CancelAsync();
    }

    [Fact]
    public async Task An_edit_that_cannot_be_read_refuses_a_write_and_stays()
    {
        await WriteAsync("m.json", """{"data":{"a":"1"}}""");
        await using var metad = await StartAsync("m.json");
        await WriteAsync("m.json", """{"data":{"a":""");

        var refused = await metad.ManageAsync("PUT", "/v1/data/b", "\"2\"");

        refused.Status.Should().Be(500);
        refused.Body.Should().Contain("was edited and cannot be read");
        (await File.ReadAllTextAsync(_folder.At("m.json"))).Should().Be("""{"data":{"a":""");
    }

    [Fact]
    public async Task A_yaml_file_is_not_rewritten()
    {
        await WriteAsync("m.yml", "data: {a: 1} # by hand\n");
        await using var metad = await StartAsync("m.yml");

        var refused = await metad.ManageAsync("PUT", "/v1/data/a", "\"2\"");

        refused.Status.Should().Be(500);
        refused.Body.Should().Contain("kept by hand");
        (await File.ReadAllTextAsync(_folder.At("m.yml"))).Should().Be("data: {a: 1} # by hand\n");
    }

    [Fact]
    public async Task A_file_that_is_being_written_is_not_taken_for_what_it_will_be()
    {
        var path = _folder.Write("m.yaml", "data: {a: 1, b: 1}");
        using var backend = NewBackend(path);
        await RestAsync(backend);

        // Each of these could be read by itself.
        foreach (var soFar in new[] { "data:\n", "data:\n  a: 2\n", "data:\n  a: 2\n  b: 2\n" })
        {
            await File.WriteAllTextAsync(path, soFar);
            await backend.LookAsync(Limit);
        }

        await backend.LookAsync(Limit);

        (await ToldAsync(backend, 3)).Should().Equal("changed: 1 1", "connected", "changed: 2 2");
    }

    [Theory]
    [InlineData("m.yaml")]
    [InlineData("m.json")]
    public async Task A_file_that_was_emptied_takes_nothing_away_and_is_told(string name)
    {
        var path = _folder.Write(name, """{"data":{"a":"1","b":"1"}}""");
        using var backend = NewBackend(path);
        await RestAsync(backend);

        await File.WriteAllTextAsync(path, "");
        await RestAsync(backend);
        await File.WriteAllTextAsync(path, """{"data":{"a":"1","b":"22"}}""");
        await RestAsync(backend);

        (await ToldAsync(backend, 5)).Should().Equal(
            "changed: 1 1", "connected", $"lost: {path}: it is empty; {{}} holds no keys", "changed: 22", "connected");
    }

    [Theory]
    [InlineData("data: &all {a: *all}", "a map or list holds itself by an alias")]
    [InlineData("data: {[a]: 1}", "the key at line 1 is no text")]
    [InlineData("data: {a: [", "nested more than 100 deep", 50_000)]
    public async Task A_file_that_no_tree_can_be_made_of_takes_nothing_away_and_is_told(string text, string told, int depth = 0)
    {
        var path = _folder.Write("m.yaml", "data: {a: 1}");
        using var backend = NewBackend(path);
        await RestAsync(backend);

        await File.WriteAllTextAsync(path, text + new string('[', depth));
        await RestAsync(backend);

        (await ToldAsync(backend, 3)).Should().SatisfyRespectively(
            first => first.Should().StartWith("changed"),
            second => second.Should().Be("connected"),
            third => third.Should().StartWith("lost").And.Contain(told));
    }

    [Fact]
    public async Task A_file_that_never_rests_is_told_as_away_until_it_does()
    {
        var path = _folder.Write("m.yaml", "data: {a: 1}");
        using var backend = NewBackend(path);
        await RestAsync(backend);

        for (var length = 2; length <= 12; length++)
        {
            await File.WriteAllTextAsync(path, $"data: {{a: {new string('2', length)}}}");
            await backend.LookAsync(Limit);
        }

        await backend.LookAsync(Limit);

        (await ToldAsync(backend, 5)).Should().Equal(
            "changed: 1",
            "connected",
            $"lost: {path}: it is written to without a rest",
            $"changed: {new string('2', 12)}",
            "connected");
    }

    [Fact]
    public async Task A_file_behind_a_link_is_followed_when_a_link_of_its_folder_is_swapped()
    {
        _folder.Write("first/m.yaml", "data: {a: 1}");
        _folder.Write("second/m.yaml", "data: {a: 2}");
        File.CreateSymbolicLink(_folder.At("now"), "first");
        File.CreateSymbolicLink(_folder.At("m.yaml"), "now/m.yaml");
        using var backend = NewBackend(_folder.At("m.yaml"));
        await RestAsync(backend);

        File.Delete(_folder.At("now"));
        File.CreateSymbolicLink(_folder.At("now"), "second");
        await RestAsync(backend);

        (await ToldAsync(backend, 3)).Should().Equal("changed: 1", "connected", "changed: 2");
    }

    private static CancellationToken Limit => Deadline.In(TimeSpan.FromSeconds(60));

    private static FileBackend NewBackend(string path) => new(new() { BackendFile = path }, Layout, new FakeTimeProvider());

    // A file counts once two looks find it the same.
    private static async Task RestAsync(FileBackend backend)
    {
        await backend.LookAsync(Limit);
        await backend.LookAsync(Limit);
    }

    private static async Task<IReadOnlyList<string>> ToldAsync(FileBackend backend, int count)
    {
        var told = new List<string>();
        await foreach (var update in backend.FollowAsync(Limit).Take(count))
        {
            told.Add(update switch
            {
                BackendUpdate.Changed changed =>
                    $"changed: {string.Join(' ', changed.Changes.Select(change => Encoding.UTF8.GetString(change.Value ?? [])))}",
                BackendUpdate.Connected => "connected",
                BackendUpdate.Lost lost => $"lost: {lost.Problem}",
                _ => $"{update}",
            });
        }

        return told;
    }

    // As editors do: the file is emptied first, and written then.
    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(_folder.At(name), text);

    private async Task<MetadServer> StartAsync(string name)
    {
        var metad = await MetadServer.StartAsync("--backend=file", $"--file={_folder.At(name)}");
        await metad.BecomeReadyAsync();
        return metad;
    }
}
