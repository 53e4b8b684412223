using CliWrap;
using Sync.EndToEnd.Tests.Clusters;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Nginx;

/// <summary>The example with nginx: upstreams come and go with keys, and nothing broken ever reaches nginx.</summary>
public sealed class NginxTests : IAsyncLifetime, IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly int _port = FreePort.Take();
    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(3));
    private ServerProcess? _confd;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_confd is not null)
        {
            await _confd.DisposeAsync();
        }

        await StopNginxAsync();
    }

    public void Dispose() => _folder.Dispose();

    [DebianTheory("etcd", "etcdctl", "nginx")]
    [InlineData("etcd")]
    [InlineData("store")]
    public async Task Upstreams_follow_their_keys_and_nothing_broken_reaches_nginx(string program)
    {
        await using var server = await StoreServer.StartAsync(
            program == "etcd" ? StoreProgram.Etcd : StoreProgram.Ours, _folder.At("data"), _limit);
        await using var first = new Upstream("first");
        await using var second = new Upstream("second");
        await EtcdctlAsync(server, "put", "/nginx/listen", $"127.0.0.1:{_port}");
        await EtcdctlAsync(server, "put", "/nginx/upstreams/first", first.Address);
        var template = CopyExample();
        await StartConfdAsync(server);

        await AnsweredByAsync("first");
        await EtcdctlAsync(server, "put", "/nginx/upstreams/second", second.Address);
        await AnsweredByAsync("second");
        await EtcdctlAsync(server, "del", "/nginx/upstreams/first");
        await AnsweredOnlyByAsync("second");

        // nginx -t refuses what stands in the key.
        var running = await File.ReadAllTextAsync(_folder.At("run", "nginx.conf"), _limit);
        await EtcdctlAsync(server, "put", "/nginx/upstreams/third", "not an address");
        await LoggedAsync("Config check failed: exit status 1");
        await AnsweredOnlyByAsync("second");
        await EtcdctlAsync(server, "del", "/nginx/upstreams/third");

        // The template itself is broken.
        var text = await File.ReadAllTextAsync(template, _limit);
        Replace(template, text.Replace("{{base .Key}}", "{{base .Kay}}"));
        await EtcdctlAsync(server, "put", "/nginx/upstreams/first", first.Address);
        await LoggedAsync("can't evaluate field Kay");
        (await File.ReadAllTextAsync(_folder.At("run", "nginx.conf"), _limit)).Should().Be(running);
        await AnsweredOnlyByAsync("second");

        // Mended, it is taken without any further change of keys.
        Replace(template, text);
        await AnsweredByAsync("first");
    }

    // As a whole: a look between can see the old text or the new one.
    private void Replace(string file, string text) => File.Replace(_folder.Write("next", text), file, null);

    private string CopyExample()
    {
        foreach (var file in new[] { "conf.d/nginx.toml", "templates/nginx.conf.tmpl" })
        {
            _folder.Write($"confdir/{file}", File.ReadAllText(Repository.At("examples", "nginx", "confdir", file)));
        }

        Directory.CreateDirectory(_folder.At("run"));
        return _folder.At("confdir", "templates", "nginx.conf.tmpl");
    }

    private async Task StartConfdAsync(StoreServer server)
    {
        var script = $"cd {_folder.At("run")} && exec {BuiltPrograms.Require("confd")} "
            + $"-confdir {_folder.At("confdir")} -node {server.ClientUrl.OriginalString} -watch";
        var path = Path.GetDirectoryName(DebianPrograms.Require("nginx"));
        _confd = await ServerProcess.StartAsync("/bin/sh", ["-c", script], Readiness.AtOnce, _limit,
            new Dictionary<string, string?> { ["PATH"] = $"{path}:{Environment.GetEnvironmentVariable("PATH")}" });
    }

    private Task<IReadOnlyList<string>> EtcdctlAsync(StoreServer server, params string[] words) =>
        new ControlProgram(DebianPrograms.Require("etcdctl"), server.Endpoint).RunAsync(_limit, words);

    private Task<string> LoggedAsync(string text) =>
        _confd!.Log.WaitForAsync(line => line.Contains(text, StringComparison.Ordinal), _limit);

    private Task AnsweredByAsync(string name) => AnsweredAsync(answers => answers.Contains(name));

    private Task AnsweredOnlyByAsync(string name) => AnsweredAsync(answers => answers.All(answer => answer == name));

    /// <summary>Asks nginx until four answers in a row are as wanted; old workers may answer a little longer.</summary>
    private async Task AnsweredAsync(Func<IReadOnlyList<string>, bool> areWanted)
    {
        const int questions = 4;
        var answers = new List<string>();
        using var client = new HttpClient();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (answers.Count < questions || !areWanted(answers[^questions..]))
        {
            try
            {
                await timer.WaitForNextTickAsync(_limit);
                answers.Add(await client.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/"), _limit));
            }
            catch (HttpRequestException failure)
            {
                // nginx is not up yet, or an upstream was away for this request.
                answers.Add(failure.Message);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException(
                    $"nginx answered {string.Join(", ", answers.TakeLast(questions))}\n{_confd!.Log.Tail(20)}");
            }
        }
    }

    private async Task StopNginxAsync()
    {
        var pid = _folder.At("run", "nginx.pid");
        if (File.Exists(pid))
        {
            await Cli.Wrap("/bin/sh").WithArguments(["-c", $"kill $(cat {pid}); while test -e {pid}; do sleep 0.05; done"])
                .ExecuteAsync(Deadline.Default);
        }
    }
}
