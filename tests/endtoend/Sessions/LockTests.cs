using System.Globalization;
using System.Text;
using Grpc.Net.Client;
using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Api;
using Sync.Store.Ctl.Commands;
using Sync.Store.Ctl.Options;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Sessions;

/// <summary>Locks of storectl: with those of etcdctl they exclude each other, and a program runs while one is held.</summary>
public sealed class LockTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(20);

    [DebianTheory("etcd", "etcdctl")]
    [InlineData("store", "etcdctl", "storectl")]
    [InlineData("store", "storectl", "etcdctl")]
    [InlineData("etcd", "etcdctl", "storectl")]
    [InlineData("etcd", "storectl", "etcdctl")]
    public async Task One_clients_lock_keeps_the_other_client_waiting(string server, string holder, string waiter)
    {
        var deadline = Deadline.In(Limit);
        using var directory = new TempDirectory();
        await using var store = await StoreServer.StartAsync(InnerStore.Of(server), directory.At("member"), deadline);
        await using var held = await StartAsync(store, holder, ["lock", "resource"], deadline);
        await held.Output.WaitForAsync(line => line.StartsWith("resource/", StringComparison.Ordinal), deadline);
        await using var waiting = await StartAsync(
            store, waiter, ["lock", "resource", "--", "sh", "-c", "echo $ETCD_LOCK_REV"], deadline);

        var revisionWhileHeld = await RevisionWithAsync(store, keyCount: 2, deadline);
        await held.SignalAsync("INT");

        (await waiting.ExitCodeAsync(deadline)).Should().Be(0);
        var lockedRevision = long.Parse(waiting.Output.Lines.Single(), CultureInfo.InvariantCulture);
        lockedRevision.Should().BeGreaterThan(revisionWhileHeld, "the lock was free only after the holder's key went");
    }

    [Fact]
    public async Task A_program_runs_while_the_lock_is_held_and_its_exit_code_is_told()
    {
        var deadline = Deadline.In(Limit);
        using var directory = new TempDirectory();
        await using var store = await StoreServer.StartAsync(InnerStore.Program, directory.At("member"), deadline);

        var (output, error, exitCode) = await RunAsync(
            store, ["lock", "job", "--", "sh", "-c", "echo $ETCD_LOCK_KEY $ETCD_LOCK_REV; exit 7"], deadline);

        output.Should().MatchRegex("^job/[0-9a-f]+ 2\n$");
        (error, exitCode).Should().Be(("Error: exit status 7\n", 7));
        (await RunAsync(store, ["lease", "list"], deadline)).Output.Should().Be("found 0 leases\n");
        (await RunAsync(store, ["get", "job", "--prefix"], deadline)).Output.Should().BeEmpty();
    }

    [Fact]
    public async Task A_program_that_is_not_there_leaves_the_lock_free()
    {
        var deadline = Deadline.In(Limit);
        using var directory = new TempDirectory();
        await using var store = await StoreServer.StartAsync(InnerStore.Program, directory.At("member"), deadline);

        var (_, error, exitCode) = await RunAsync(store, ["lock", "job", "no-such-program"], deadline);

        (error, exitCode).Should().Be(("Error: exec: \"no-such-program\": executable file not found in $PATH\n", 1));
        (await RunAsync(store, ["lock", "job", "true"], deadline)).ExitCode.Should().Be(0);
    }

    [Theory]
    [InlineData("lock", "job")]
    [InlineData("elect", "job", "alice")]
    public async Task An_interrupt_that_comes_while_the_key_is_shown_ends_it_in_good_order(params string[] command)
    {
        var deadline = Deadline.In(Limit);
        using var directory = new TempDirectory();
        await using var store = await StoreServer.StartAsync(InnerStore.Program, directory.At("member"), deadline);
        using var interrupt = new CancellationTokenSource();
        using var output = new InterruptingStream(interrupt);
        await using var error = new StringWriter();
        var variables = new Dictionary<string, string> { ["ETCDCTL_ENDPOINTS"] = store.Endpoint };

        var exitCode = await ControlRoot.RunAsync(
            command, new Terminal(TextReader.Null, output, error, variables), interrupt.Token).WaitAsync(deadline);

        (exitCode, error.ToString()).Should().Be((0, ""));
        Encoding.UTF8.GetString(output.ToArray()).Should().StartWith("job/");
        (await RunAsync(store, ["get", "job", "--prefix"], deadline)).Output.Should().BeEmpty();
    }

    [Theory]
    [InlineData("Error: session expired", "lock", "--ttl", "3", "job")]
    [InlineData("Error: context canceled", "lock", "job")]
    [InlineData("Error: context canceled", "elect", "job", "alice")]
    public async Task Who_waits_ends_with_its_lease_or_when_told(string error, params string[] command)
    {
        var deadline = Deadline.In(Limit);
        using var directory = new TempDirectory();
        await using var store = await StoreServer.StartAsync(InnerStore.Program, directory.At("member"), deadline);
        await using var held = await StartAsync(store, "storectl", ["lock", "job"], deadline);
        await held.Output.WaitForAsync(line => line.StartsWith("job/", StringComparison.Ordinal), deadline);
        await using var waiting = await StartAsync(store, "storectl", command, deadline);
        await RevisionWithAsync(store, keyCount: 2, deadline);

        if (error.EndsWith("expired", StringComparison.Ordinal))
        {
            await RevokeNewestAsync(store, deadline);
        }
        else
        {
            await waiting.SignalAsync("TERM");
        }

        (await waiting.ExitCodeAsync(deadline)).Should().Be(1);
        waiting.Log.Lines.Should().Equal(error);
        waiting.Output.Lines.Should().BeEmpty();
        await RevisionWithAsync(store, keyCount: 1, deadline);
    }

    private static Task<ServerProcess> StartAsync(
        StoreServer store, string client, string[] words, CancellationToken cancellationToken)
    {
        var program = client == "storectl" ? BuiltPrograms.Require(client) : DebianPrograms.Require(client);
        var environment = new Dictionary<string, string?>
        {
            ["ETCDCTL_API"] = "3",
            ["ETCDCTL_ENDPOINTS"] = store.Endpoint,
            ["ETCDCTL_DIAL_TIMEOUT"] = "20s",
            ["ETCDCTL_COMMAND_TIMEOUT"] = "20s",
        };
        return ServerProcess.StartAsync(program, words, Readiness.AtOnce, cancellationToken, environment);
    }

    private static async Task<(string Output, string Error, int ExitCode)> RunAsync(
        StoreServer store, string[] words, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        await using var error = new StringWriter();
        var variables = new Dictionary<string, string>
        {
            ["ETCDCTL_ENDPOINTS"] = store.Endpoint,
            ["ETCDCTL_COMMAND_TIMEOUT"] = "20s",
        };
        var exitCode = await ControlRoot.RunAsync(
            words, new Terminal(TextReader.Null, output, error, variables), cancellationToken);
        return (Encoding.UTF8.GetString(output.ToArray()), error.ToString(), exitCode);
    }

    // The revision at which the store has so many keys.
    private static async Task<long> RevisionWithAsync(StoreServer store, int keyCount, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ProbeInterval);
        while (true)
        {
            var answer = await AllAsync(store, cancellationToken);
            if (answer.Count == keyCount)
            {
                return answer.Header.Revision;
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private static async Task RevokeNewestAsync(StoreServer store, CancellationToken cancellationToken)
    {
        using var channel = GrpcChannel.ForAddress(store.ClientUrl);
        var newest = (await AllAsync(store, cancellationToken)).Kvs.MaxBy(pair => pair.CreateRevision)!;
        await new Lease.LeaseClient(channel).LeaseRevokeAsync(
            new LeaseRevokeRequest { ID = newest.Lease }, cancellationToken: cancellationToken);
    }

    private static async Task<RangeResponse> AllAsync(StoreServer store, CancellationToken cancellationToken)
    {
        using var channel = GrpcChannel.ForAddress(store.ClientUrl);
        var zero = Google.Protobuf.ByteString.CopyFrom(0);
        return await new KV.KVClient(channel).RangeAsync(
            new RangeRequest { Key = zero, RangeEnd = zero }, cancellationToken: cancellationToken);
    }

    // Interrupts the command as soon as it has written, before what it wrote is flushed.
    private sealed class InterruptingStream(CancellationTokenSource interrupt) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await base.WriteAsync(buffer, cancellationToken);
            await interrupt.CancelAsync();
        }
    }
}
