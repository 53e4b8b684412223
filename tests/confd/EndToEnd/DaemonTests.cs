using Sync.TestKit;

namespace Sync.Confd.Tests.EndToEnd;

/// <summary>A confd that stays: signals, failures that heal, crashes.</summary>
public sealed class DaemonTests : IAsyncLifetime, IDisposable
{
    private readonly ConfdRun _confd = new();
    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(4));

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _confd.EndAsync();

    public void Dispose() => _confd.Dispose();

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_request_to_stop_ends_it_with_code_0_after_the_work_in_hand(string signal)
    {
        var file = _confd.Declare("a", "x", "keys = [\"/a\"]",
            $"reload_cmd = \"touch {_confd.At("begun")}; sleep 1; touch {_confd.At("ended")}\"");
        await FollowFilesAsync("a: 1");
        await Eventually.FileHasAsync(_confd.At("begun"), "", _limit);

        await _confd.Process.SignalAsync(signal);

        (await _confd.Process.ExitCodeAsync(_limit)).Should().Be(0);
        File.Exists(_confd.At("ended")).Should().BeTrue("a reload that has begun is let finish");
        (await File.ReadAllTextAsync(file, _limit)).Should().Be("x");
    }

    [Fact]
    public async Task A_second_request_to_stop_ends_it_at_once()
    {
        _confd.Declare("a", "x", "keys = [\"/a\"]", $"reload_cmd = \"touch {_confd.At("begun")}; sleep 300\"");
        await FollowFilesAsync("a: 1");
        await Eventually.FileHasAsync(_confd.At("begun"), "", _limit);

        await _confd.Process.SignalAsync("TERM");
        await _confd.Log.WaitForAsync(line => line.Contains("Captured terminated"), _limit);
        await _confd.Process.SignalAsync("TERM");

        (await _confd.Process.ExitCodeAsync(Deadline.In(TimeSpan.FromSeconds(60)))).Should().Be(143);
    }

    [Fact]
    public async Task A_changed_key_file_is_noticed_also_when_it_is_replaced_or_made_anew()
    {
        var file = _confd.Declare("a", "{{getv \"/a\"}}", "keys = [\"/a\"]");
        await FollowFilesAsync("a: 1");
        await Eventually.FileHasAsync(file, "1", _limit);

        _confd.Write("keys.yaml", "a: 2");
        await Eventually.FileHasAsync(file, "2", _limit);
        _confd.Write("next.yaml", "a: 3");
        Posix.AtomicFile.Replace(_confd.At("keys.yaml"), "a: 3"u8, new Posix.AtomicFileOptions());
        await Eventually.FileHasAsync(file, "3", _limit);
        File.Delete(_confd.At("keys.yaml"));
        await _confd.Log.WaitForAsync(line => line.Contains("The backend is away"), _limit);
        _confd.Write("keys.yaml", "a: 4");

        await Eventually.FileHasAsync(file, "4", _limit);
    }

    [Fact]
    public async Task A_failed_check_is_repeated_until_it_succeeds_without_any_change()
    {
        var file = _confd.Declare("a", "x", "keys = [\"/a\"]",
            $"check_cmd = \"test -e {_confd.At("allowed")}\"", $"reload_cmd = \"echo reload >> {_confd.At("reloads")}\"");
        await FollowFilesAsync("a: 1");
        await _confd.Log.WaitForAsync(line => line.Contains("Config check failed"), _limit);
        File.Exists(file).Should().BeFalse();

        _confd.Write("allowed", "");

        await Eventually.FileHasAsync(_confd.At("reloads"), "reload\n", _limit);
        (await File.ReadAllTextAsync(file, _limit)).Should().Be("x");
    }

    [Fact]
    public async Task A_failed_reload_is_owed_and_repeated_although_the_file_is_in_sync()
    {
        _confd.Declare("a", "x", "keys = [\"/a\"]",
            $"reload_cmd = \"test -e {_confd.At("allowed")} && echo reload >> {_confd.At("reloads")}\"");
        await FollowFilesAsync("a: 1");
        await _confd.Log.WaitForAsync(line => line.Contains("it is owed and tried again"), _limit);

        _confd.Write("allowed", "");

        await Eventually.FileHasAsync(_confd.At("reloads"), "reload\n", _limit);
    }

    [Fact]
    public async Task A_reload_that_hangs_delays_no_other_resource()
    {
        _confd.Declare("a", "x", "keys = [\"/a\"]", $"reload_cmd = \"touch {_confd.At("begun")}; sleep 300\"");
        var other = _confd.Declare("b", "{{getv \"/a\"}}", "keys = [\"/a\"]");
        await FollowFilesAsync("a: 1", "-shutdown-timeout", "100ms");
        await Eventually.FileHasAsync(_confd.At("begun"), "", _limit);

        _confd.Write("keys.yaml", "a: 2");
        await Eventually.FileHasAsync(other, "2", _limit);

        (await _confd.Process.StopAsync(Deadline.In(TimeSpan.FromSeconds(60)))).Should().Be(0);
        _confd.Log.Lines.Should().Contain(line => line.Contains("they were killed"));
    }

    [Fact]
    public async Task A_burst_is_rendered_once_when_the_resource_waits_for_its_end()
    {
        _confd.Declare("a", "{{getv \"/a\"}}", "keys = [\"/a\"]", "debounce = \"3s\"",
            $"reload_cmd = \"cat {{{{.dest}}}} >> {_confd.At("seen")}; echo >> {_confd.At("seen")}\"");
        await FollowFilesAsync("a: 0");
        await Eventually.FileHasAsync(_confd.At("seen"), "0\n", _limit);

        for (var value = 1; value <= 5; value++)
        {
            _confd.Write("keys.yaml", $"a: {value}");
        }

        await Eventually.FileHasAsync(_confd.At("seen"), "0\n5\n", _limit);
    }

    [Fact]
    public async Task The_configuration_is_read_anew_on_a_hangup_and_a_wrong_one_is_refused()
    {
        var first = _confd.Declare("a", "{{getv \"/a\"}}", "keys = [\"/a\"]");
        await FollowFilesAsync("{a: 1, b: 2}");
        await Eventually.FileHasAsync(first, "1", _limit);

        _confd.Write("conf.d/broken.toml", "[template]\nsrc = ");
        await _confd.Process.SignalAsync("HUP");
        await _confd.Log.WaitForAsync(line => line.Contains("the old one stays in force"), _limit);
        File.Delete(_confd.At("conf.d/broken.toml"));
        var second = _confd.Declare("b", "{{getv \"/b\"}}", "keys = [\"/b\"]");
        await _confd.Process.SignalAsync("HUP");

        await Eventually.FileHasAsync(second, "2", _limit);
        _confd.Write("keys.yaml", "{a: 3, b: 4}");
        await Eventually.FileHasAsync(first, "3", _limit);
        await Eventually.FileHasAsync(second, "4", _limit);
    }

    [Fact]
    public async Task A_hangup_with_a_wrong_backend_leaves_the_old_one_in_force()
    {
        var file = _confd.Declare("a", "{{getv \"/a\"}}", "keys = [\"/a\"]");
        var right = $"file = [\"{_confd.Write("keys.yaml", "a: 0")}\"]\nbackend = \"file\"\nwatch = true";
        var broken = _confd.Write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        var absent = _confd.At("absent.pem");
        var settings = _confd.Write("confd.toml", right);
        (string Text, string Told)[] wrong =
        [
            ("watch = true\nnodes = [\"a b\"]", $"{settings}:2: \"a b\" is no endpoint"),
            ($"watch = true\nclient_cakeys = \"{broken}\"", "ERROR etcd at http://127.0.0.1:2379: "),
            ($"watch = true\nclient_cakeys = \"{absent}\"", $"{settings}:2: cannot find {absent}"),
            ("watch = ", $"{settings}:1: TOML parse error"),
        ];
        await _confd.StartAsync(_limit, "-config-file", settings);
        await Eventually.FileHasAsync(file, "0", _limit);

        for (var round = 1; round <= wrong.Length; round++)
        {
            _confd.Write("confd.toml", wrong[round - 1].Text);
            await _confd.Process.SignalAsync("HUP");
            await KeptOldAsync(round);
            _confd.Log.Lines.Should().ContainSingle(line => line.Contains(wrong[round - 1].Told));

            _confd.Write("keys.yaml", $"a: {round}");
            await Eventually.FileHasAsync(file, $"{round}", _limit);
        }

        _confd.Write("confd.toml", right + "\nprefix = \"/other\"");
        _confd.Write("keys.yaml", "{a: old, other: {a: new}}");
        await _confd.Process.SignalAsync("HUP");
        await Eventually.FileHasAsync(file, "new", _limit);
    }

    [RootFact("setpriv")]
    public async Task A_hangup_when_the_resources_cannot_be_read_leaves_the_old_ones_in_force()
    {
        // Without what lets root read everything.
        const string rights = "-dac_override,-dac_read_search";
        _confd.StartedBy = [DebianPrograms.Require("setpriv"), "--inh-caps", rights, "--bounding-set", rights];
        var file = _confd.Declare("a", "{{getv \"/a\"}}", "keys = [\"/a\"]");
        await FollowFilesAsync("a: 1");
        await Eventually.FileHasAsync(file, "1", _limit);

        File.SetUnixFileMode(_confd.At("conf.d"), UnixFileMode.None);
        await _confd.Process.SignalAsync("HUP");
        await KeptOldAsync(1);
        _confd.Log.Lines.Should().ContainSingle(line => line.Contains($"ERROR {_confd.At("conf.d")}: Access to the path"));

        _confd.Write("keys.yaml", "a: 2");
        await Eventually.FileHasAsync(file, "2", _limit);
    }

    [Fact]
    public async Task At_intervals_a_file_that_somebody_changed_is_put_right()
    {
        var file = _confd.Declare("a", "{{getv \"/a\"}}", "keys = [\"/a\"]");
        _confd.Write("keys.yaml", "a: 1");
        await _confd.StartAsync(
            _limit, "-backend", "file", "-file", _confd.At("keys.yaml"), "-interval", "300ms");
        await Eventually.FileHasAsync(file, "1", _limit);

        await File.WriteAllTextAsync(file, "tampered", _limit);

        await Eventually.FileHasAsync(file, "1", _limit);
    }

    [Fact]
    public async Task Killed_at_any_moment_it_leaves_an_old_or_a_new_file_but_never_a_part()
    {
        const int lines = 20_000;
        var file = _confd.Declare("a", "{{range seq 1 " + lines + "}}{{getv \"/a\"}}\n{{end}}end\n", "keys = [\"/a\"]");
        var seeded = new Random(5);
        for (var round = 1; round <= 15; round++)
        {
            await FollowFilesAsync($"a: {round}0");
            var rewriting = RewriteAsync(round);
#pragma warning disable RS0030 // The moment of an injected crash.
            await Task.Delay(TimeSpan.FromMilliseconds(400 + seeded.Next(600)), _limit);
#pragma warning restore RS0030
            await _confd.Process.KillAsync();
            await rewriting;

            if (File.Exists(file))
            {
                var text = await File.ReadAllLinesAsync(file, _limit);
                text.Should().HaveCount(lines + 1).And.EndWith("end");
                text.Take(lines).Distinct().Should().ContainSingle("the file comes from one state");
            }
        }

        await FollowFilesAsync("a: last");
        await Eventually.FileAsync(file, text => text.StartsWith("last\n") && text.EndsWith("last\nend\n"), "last", _limit);
    }

    private Task<string> KeptOldAsync(int times)
    {
        var seen = 0;
        return _confd.Log.WaitForAsync(line => line.Contains("the old one stays in force") && ++seen == times, _limit);
    }

    private Task FollowFilesAsync(string keys, params string[] flags)
    {
        _confd.Write("keys.yaml", keys);
        return _confd.StartAsync(
            _limit, ["-backend", "file", "-file", _confd.At("keys.yaml"), "-watch", .. flags]);
    }

    private async Task RewriteAsync(int round)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(110));
        for (var step = 0; step < 8; step++)
        {
            await timer.WaitForNextTickAsync(_limit);
            _confd.Write("keys.yaml", $"a: {round}{step}");
        }
    }
}
