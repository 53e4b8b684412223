using CliWrap;
using CliWrap.Buffered;
using Google.Protobuf;
using Grpc.Net.Client;
using Sync.EndToEnd.Tests.Clusters;
using Sync.Etcd.Api;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Programs;

/// <summary>A store whose log lies in a folder of its own: <c>--wal-dir</c>.</summary>
public sealed class LogFolderTests : IDisposable
{
    private const int Keys = 200;
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(30);

    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(4));
    private readonly TempDirectory _folder = new();

    private string Log => _folder.At("log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_killed_store_is_refused_without_its_log_and_has_every_acknowledged_write_with_it()
    {
        await using var server = await StartAsync("--wal-dir", Log);
        var written = await FillAsync(server);
        await server.KillAsync();

        var without = await EndedAsync(server);
        var elsewhere = await EndedAsync(server, "--wal-dir", _folder.At("elsewhere"));
        await server.StartAgainAsync(_limit);

        without.Should().BeFailure(
            naming: $"no log in {_folder.At("data/sync/wal")}; name the folder that the log lies in with --wal-dir");
        elsewhere.Should().BeFailure(naming: $"there is no log in {_folder.At("elsewhere/wal")}");
        (await AllAsync(server)).Kvs.Should().Equal(written.Kvs);
        Directory.GetFiles(Path.Combine(Log, "wal"), "*.log").Should().NotBeEmpty();
        Directory.Exists(_folder.At("data/sync/wal")).Should().BeFalse();
    }

    [Fact]
    public async Task A_store_that_has_its_log_with_the_data_is_refused_with_another_folder_until_the_log_is_moved_there()
    {
        await using var server = await StartAsync();
        var written = await FillAsync(server);
        await server.KillAsync();

        var refused = await EndedAsync(server, "--wal-dir", Log);
        Directory.Move(_folder.At("data/sync/wal"), Path.Combine(Log, "wal"));
        await using var moved = await StartAsync("--wal-dir", Log);

        refused.Should().BeFailure(
            naming: $"move the log there while the store is stopped: cp -a {_folder.At("data/sync")}/wal* {Log}/ && sync");
        (await AllAsync(moved)).Kvs.Should().Equal(written.Kvs);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_the_logs_is_named_with_its_flag()
    {
        await using var server = await StartAsync("--wal-dir", Log);
        var seat = ClusterSeat.Take(["other"])[0];

        var shared = await EndedProgram.OfMemberAsync(
            seat, _folder.At("other"), ["--initial-cluster", seat.Entry, "--wal-dir", Log], _limit);
        var inside = await EndedProgram.OfMemberAsync(
            seat, _folder.At("other"), ["--initial-cluster", seat.Entry, "--wal-dir", _folder.At("other/sync")], _limit);
        var nowhere = await EndedProgram.OfMemberAsync(
            seat, _folder.At("other"), ["--initial-cluster", seat.Entry, "--wal-dir", _folder.At("no/folder")], _limit);

        shared.Should().BeFailure(naming: $"{Log} is refused: another process uses it");
        inside.Should().BeFailure(naming: "name another one with --wal-dir");
        nowhere.Should().BeFailure(naming: $"The log's folder {_folder.At("no/folder")} cannot be used");
    }

    [Fact]
    public async Task A_saved_store_comes_back_with_its_log_in_a_folder_of_its_own()
    {
        var written = await SaveAsync();
        await StorectlAsync("saved", expectedCode: 0);

        await using var restored = await StartAsync("--wal-dir", Log);
        (await AllAsync(restored)).Kvs.Should().Equal(written.Kvs);
        await PutAsync(restored, "later");
        await restored.KillAsync();
        await restored.StartAgainAsync(_limit);

        (await AllAsync(restored)).Kvs.Should().HaveCount(Keys + 1);
        Directory.GetDirectories(Log).Should().ContainSingle().Which.Should().StartWith(Path.Combine(Log, "wal."));
        Directory.GetDirectories(_folder.At("data/sync")).Should().NotContain(name => name.Contains("/wal"));
    }

    [Fact]
    public async Task What_cannot_be_restored_leaves_no_log_behind_and_takes_no_folder_with_something_in_it()
    {
        await SaveAsync();
        var bytes = await File.ReadAllBytesAsync(_folder.At("saved"));
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(_folder.At("damaged"), bytes);

        (await StorectlAsync("damaged", expectedCode: 1)).Should().Contain("is refused at byte");
        Directory.Exists(Log).Should().BeFalse();
        Directory.CreateDirectory(Log);
        (await StorectlAsync("damaged", expectedCode: 1)).Should().Contain("is refused at byte");
        Directory.EnumerateFileSystemEntries(Log).Should().BeEmpty();
        await File.WriteAllTextAsync(Path.Combine(Log, "something"), "");
        (await StorectlAsync("saved", expectedCode: 1)).Should().Contain(
            $"wal-dir \"{Log}\" not empty or could not be read");
        Directory.Exists(_folder.At("data")).Should().BeFalse();
    }

    [Fact]
    public async Task The_last_member_goes_on_alone_with_its_log_where_it_was()
    {
        var seats = ClusterSeat.Take(["m1", "m2"]);
        string[] cluster = ["--initial-cluster", string.Join(',', seats.Select(seat => seat.Entry))];
        var members = await Task.WhenAll(seats.Select(seat => StartMemberAsync(seat, cluster)));
        using (var client = new ClusterClient(members))
        {
            await client.PutAsync(1, "key", "value", CallMax);
            (await client.GetAsync(0, "key", CallMax)).Should().Be("value");
        }

        foreach (var member in members)
        {
            await member.KillAsync();
            await member.DisposeAsync();
        }

        await using (var forced = await StartMemberAsync(seats[0], [.. cluster, "--force-new-cluster"]))
        {
            using var survivor = new ClusterClient([forced]);
            await survivor.PutAsync(0, "key", "newer", CallMax);
            await forced.KillAsync();
        }

        await using var last = await StartMemberAsync(seats[0], cluster);
        using var found = new ClusterClient([last]);
        (await found.GetAsync(0, "key", CallMax)).Should().Be("newer");
        Directory.GetFiles(_folder.At("m1-log/wal")).Should().BeEmpty("that life is over");
    }

    private Task<StoreServer> StartAsync(params string[] flags) =>
        StoreServer.StartAsync(StoreProgram.Ours, _folder.At("data"), _limit, flags);

    private Task<StoreServer> StartMemberAsync(ClusterSeat seat, string[] flags) => StoreServer.StartMemberAsync(
        StoreProgram.Ours, seat, _folder.At(seat.Name), [.. flags, "--wal-dir", _folder.At($"{seat.Name}-log")], _limit);

    // The same member with other flags for the log.
    private async Task<EndedProgram> EndedAsync(StoreServer server, params string[] flags)
    {
        await using var process = await ServerProcess.StartAsync(
            StoreProgram.Ours.Executable,
            [
                .. StoreServer.MemberArguments(
                    server.ClientUrl.OriginalString, server.PeerUrl.OriginalString, server.DataDirectory),
                .. flags,
            ],
            Readiness.AtOnce,
            _limit);
        return new EndedProgram(await process.ExitCodeAsync(_limit), process.Log.Tail(count: 20));
    }

    private async Task<RangeResponse> SaveAsync()
    {
        await using var server = await StoreServer.StartAsync(StoreProgram.Ours, _folder.At("first"), _limit);
        var written = await FillAsync(server);
        await new ControlProgram(BuiltPrograms.Require("storectl"), server.Endpoint)
            .RunAsync(_limit, "snapshot", "save", _folder.At("saved"));
        return written;
    }

    private async Task<string> StorectlAsync(string file, int expectedCode)
    {
        var ended = await Cli.Wrap(BuiltPrograms.Require("storectl"))
            .WithArguments(
                ["snapshot", "restore", _folder.At(file), "--data-dir", _folder.At("data"), "--wal-dir", Log])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(_limit);
        ended.ExitCode.Should().Be(expectedCode, ended.StandardError);
        return ended.StandardError;
    }

    private async Task<RangeResponse> FillAsync(StoreServer server)
    {
        foreach (var numbers in Enumerable.Range(0, Keys).Chunk(20))
        {
            await Task.WhenAll(numbers.Select(number => PutAsync(server, $"key-{number}")));
        }

        return await AllAsync(server);
    }

    private async Task PutAsync(StoreServer server, string key)
    {
        using var channel = GrpcChannel.ForAddress(server.ClientUrl);
        await new KV.KVClient(channel).PutAsync(
            new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8($"value of {key}") },
            cancellationToken: _limit);
    }

    private async Task<RangeResponse> AllAsync(StoreServer server)
    {
        using var channel = GrpcChannel.ForAddress(server.ClientUrl);
        return await new KV.KVClient(channel).RangeAsync(
            new RangeRequest { Key = ByteString.CopyFrom(0), RangeEnd = ByteString.CopyFrom(0) }, cancellationToken: _limit);
    }
}
