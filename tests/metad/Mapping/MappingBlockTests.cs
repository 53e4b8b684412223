using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Mapping;

/// <summary>Mappings of blocks and of everybody, from the manage API to the callers, over every kind of backend.</summary>
public sealed class MappingBlockTests : OnAnyBackend
{
    [Theory]
    [InlineData(Local)]
    [InlineData(JsonFile)]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task A_block_is_put_read_replaced_and_removed(string backend)
    {
        await StartWithDataAsync(backend);
        await Server.WriteAsync("PUT", "/v1/mapping", """{"10.1.0.0/16":{"a":"/d/a"},"fd00::/8":{"a":"/d/b"},"default":{"a":"/d/c"}}""");
        (await SelfOfAsync("10.1.2.3", "10.2.0.1", "fd00::9", "fe80::1%eth0")).Should().Equal("1", "3", "2", "3");

        await Server.WriteAsync("PUT", "/v1/mapping/10.1.0.0%2F16", """{"b":"/d/b"}""");
        await Server.WriteAsync("PUT", "/v1/mapping/10.1.9.9%252F16/c", "\"/d/c\"");
        (await Server.ManageAsync("GET", "/v1/mapping/10.1.0.0%2F16")).Body.Should().Be("/a\t/d/a\n/b\t/d/b\n/c\t/d/c\n");
        (await Server.ManageAsync("GET", "/v1/mapping/10.1.0.0%2F16/c")).Body.Should().Be("/d/c");

        await Server.WriteAsync("POST", "/v1/mapping/10.1.0.0%2F16", """{"a":"/d/b"}""");
        (await Server.ManageAsync("GET", "/v1/mapping")).Body.Should().Be(
            "/10.1.0.0%2F16/a\t/d/b\n/default/a\t/d/c\n/fd00::%2F8/a\t/d/b\n");
        (await SelfOfAsync("10.1.2.3")).Should().Equal("2");

        await Server.WriteAsync("DELETE", "/v1/mapping?subs=10.1.0.0/16,%20default");
        (await SelfOfAsync("10.1.2.3", "fd00::9")).Should().Equal("404", "2");
        await Server.WriteAsync("DELETE", "/v1/mapping/fd00%3A%3A%2F8");
        (await Server.ManageAsync("GET", "/v1/mapping")).Body.Should().BeEmpty();
    }

    [Theory]
    [InlineData(Local)]
    [InlineData(JsonFile)]
    [OnStore(OnStoreAttribute.Ours)]
    public async Task Those_in_a_block_are_woken_by_its_change_by_a_longer_one_and_by_their_own_entry(string backend)
    {
        await StartWithDataAsync(backend);
        await Server.WriteAsync("PUT", "/v1/mapping", """{"default":{"a":"/d/a"},"172.16.0.0/12":{"a":"/d/a"}}""");
        var elsewhere = await Server.WaitOnAsync("/self?wait=true", "172.16.0.1");

        foreach (var (entry, target, expected) in new[]
        {
            ("10.0.0.0/8", "/d/b", "2"), ("10.0.0.0/8", "/d/c", "3"), ("10.1.0.0/16", "/d/a", "1"), ("10.1.2.3", "/d/b", "2"),
        })
        {
            var waiting = await Server.WaitOnAsync("/self/a?wait=true", "10.1.2.3", waiters: 2);
            var written = await Server.WriteAsync("PUT", "/v1/mapping", $$"""{"{{entry}}":{"a":"{{target}}"} }""");

            (await waiting).Body.Should().Be($"\"{expected}\"", entry);
            (await waiting).Version.Should().Be(written.Version);
        }

        elsewhere.IsCompleted.Should().BeFalse("nothing of it concerned that caller");
        await Server.WriteAsync("PUT", "/v1/mapping/172.16.0.0%2F12", """{"a":"/d/c"}""");
        (await elsewhere).Body.Should().Be("""{"a":"3"}""");
    }

    [Theory]
    [InlineData(Local)]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task Conditions_trials_and_transactions_know_blocks(string backend)
    {
        await StartWithDataAsync(backend);
        await Server.WriteAsync("POST", "/v1/transaction", """
            {"mapping":{"put":{"/10.0.0.0%2F8":{"a":"/d/a"},"/default/a":"/d/b"}},"rule":{"put":{"10.0.0.0/8":[{"path":"/d/a","mode":1}]}}}
            """);
        (await SelfOfAsync("10.5.5.5", "192.168.0.1")).Should().Equal("1", "2");
        var read = (await Server.ManageAsync("GET", "/v1/mapping/10.0.0.0%2F8")).Version;

        var trial = await Server.ManageAsync("DELETE", "/v1/mapping/10.9.9.9%2F8?dry_run=true");
        await Server.WriteAsync("PUT", "/v1/mapping/10.0.0.0%2F8", """{"b":"/d/b"}""");
        var late = await Server.ManageAsync("DELETE", "/v1/mapping/10.9.9.9%2F8", null, $"If-Match: {read}");
        var there = await Server.ManageAsync("PUT", "/v1/mapping/10.0.0.0%2F8", """{"c":"/d/c"}""", "If-None-Match: *");
        var now = (await Server.ManageAsync("GET", "/v1/mapping/10.0.0.0%2F8")).Version;
        var inTime = await Server.ManageAsync("DELETE", "/v1/mapping?subs=10.0.0.0/8", null, $"If-Match: {now}");
        await Server.WriteAsync("POST", "/v1/transaction", """{"mapping":{"delete":["/default"]}}""");

        trial.Body.Should().Be("delete\t/_metad/mapping/default/10.0.0.0%2F8/a\n");
        (late.Status, there.Status, inTime.Status).Should().Be((412, 412, 200));
        (await Server.ManageAsync("GET", "/v1/mapping")).Body.Should().BeEmpty();
    }

    [Theory]
    [InlineData("/v1/mapping", """{"10.0.0.0/33":{"a":"/x"}}""", "10.0.0.0/33")]
    [InlineData("/v1/mapping", """{"fd00::/200":{"a":"/x"}}""", "fd00::/200")]
    [InlineData("/v1/mapping", """{"web/8":{"a":"/x"}}""", "web/8")]
    [InlineData("/v1/mapping/10.0.0.0%252F33", """{"a":"/x"}""", "10.0.0.0%2F33")]
    public async Task A_block_that_cannot_be_is_400_and_tells_where_and_what_would_be_one(string target, string body, string place)
    {
        await StartWithDataAsync(Local);

        var answer = await Server.ManageAsync("PUT", target, body);

        answer.Status.Should().Be(400);
        answer.Body.Should().Be(
            $"mapping's first level key [{place}] should be ip, name, block such as 10.0.0.0/8 or fd00::/8, or default .\n");
        (await Server.ManageAsync("GET", "/v1/mapping")).Body.Should().BeEmpty();
    }

    [Fact]
    public async Task A_plain_slash_is_a_name_below_an_address_as_ever()
    {
        await StartWithDataAsync(Local);

        await Server.WriteAsync("PUT", "/v1/mapping/10.0.0.0/8", """{"a":"/d/a"}""");

        (await Server.JsonAsync("/self", "10.0.0.0")).Should().Be("""{"8":{"a":"1"}}""");
        (await Server.GetAsync("/self", "10.0.0.1")).Status.Should().Be(404);
    }

    [Fact]
    public async Task An_explanation_names_the_entry_that_counts()
    {
        await StartWithDataAsync(Local);
        await Server.WriteAsync("PUT", "/v1/mapping", """{"10.0.0.0/8":{"a":"/d/a"},"default":{"a":"/d/b"}}""");

        var block = (await Server.ManageAsync("GET", "/v1/rule/explain?host=10.1.1.1&path=/self/a")).Body;
        var everybody = (await Server.ManageAsync("GET", "/v1/rule/explain?host=uid:7&path=/self/a&format=json")).Body;

        block.Should().StartWith("10.1.1.1 sees /self/a: the value there may be read\n").And.Contain("mapping: that of 10.0.0.0/8\n");
        everybody.Should().Contain("\"mapping\": \"default\"").And.Contain("\"target\": \"/d/b\"");
    }

    [Fact]
    public async Task A_caller_that_was_not_known_yet_is_answered_when_its_block_comes()
    {
        await StartWithDataAsync(Local, "--identity_wait=60000");
        var waiting = await Server.WaitOnAsync("/self/a", "10.1.2.3");

        await Server.WriteAsync("PUT", "/v1/mapping", """{"10.0.0.0/8":{"a":"/d/a"}}""");

        (await waiting).Body.Should().Be("\"1\"");
    }

    [Fact]
    public async Task A_file_by_hand_names_blocks_with_a_slash()
    {
        await File.WriteAllTextAsync(Folder.At("m.yaml"), """
            data: {d: {a: 1}}
            mapping:
              10.0.0.0/8: {a: /d/a}
              default: {all: /d}
            """);
        Server = await MetadServer.StartAsync("--backend=file", $"--file={Folder.At("m.yaml")}");
        await Server.BecomeReadyAsync();

        (await Server.JsonAsync("/self", "10.1.2.3")).Should().Be("""{"a":"1"}""");
        (await Server.JsonAsync("/self", "192.168.0.1")).Should().Be("""{"all":{"a":"1"}}""");
    }

    [Fact]
    public async Task An_answer_that_is_kept_ends_with_the_entry_it_was_written_under_and_tags_tell_alike_answers()
    {
        await StartWithDataAsync(Local);
        await Server.WriteAsync("PUT", "/v1/mapping", """{"10.0.0.0/8":{"a":"/d/a"}}""");
        var first = await Server.GetAsync("/self", "10.1.2.3");
        var neighbour = await Server.GetAsync("/self", "10.1.2.4", $"If-None-Match: {first.Header("etag")}");

        await Server.WriteAsync("PUT", "/v1/mapping", """{"10.1.0.0/16":{"a":"/d/b"}}""");
        var second = await Server.GetAsync("/self", "10.1.2.3", $"If-None-Match: {first.Header("etag")}");

        neighbour.Status.Should().Be(304, "the same content has the same tag");
        (second.Status, second.Body).Should().Be((200, "/a\t2\n"));
    }

    private async Task<string[]> SelfOfAsync(params string[] clients)
    {
        var bodies = new List<string>();
        foreach (var client in clients)
        {
            var answer = await Server.GetAsync("/self/a", client);
            bodies.Add(answer.Status == 200 ? answer.Body : $"{answer.Status}");
        }

        return [.. bodies];
    }

    private async Task StartWithDataAsync(string backend, params string[] flags)
    {
        await StartAsync(backend, flags);
        await Server.WriteAsync("PUT", "/v1/data/d", """{"a":"1","b":"2","c":"3"}""");
    }
}
