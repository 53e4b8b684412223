using Google.Protobuf;
using Sync.Etcd.Api;
using Sync.Etcd.Client.Keys;
using Sync.Etcd.Client.Mirroring;
using Sync.TestKit;

namespace Sync.Etcd.Client.Tests.Mirroring;

/// <summary>
/// Random changes under a mirror while the store is killed, paused and compacted. <c>SYNC_MIRROR_CHANGES</c> sets
/// how many changes there are between two faults.
/// </summary>
public sealed class MirrorStormTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private static int ChangesBetweenFaults =>
        int.TryParse(Environment.GetEnvironmentVariable("SYNC_MIRROR_CHANGES"), out var changes) ? changes : 100;

    [DebianFact("etcd")]
    public async Task No_revision_is_missed_over_crashes_and_pauses()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        await using var mirror = new MirrorRecording(etcd.Client.Mirror([KeyRange.Prefix("/storm/")]));
        var snapshot = await mirror.NextAsync<MirrorUpdate.Snapshot>(Deadline.Default);

        await ChangeUnderFaultsAsync(etcd, seed: 1, CrashAsync, PauseAsync, CrashAsync);
        var last = await etcd.Client.PutAsync("/storm/last", "!");
        var keys = await mirror.ReachAsync(last, Deadline.In(Limit));

        MirrorLaws.Check(mirror.Taken);
        keys.Pairs.Values.Should().Equal((await etcd.Client.ListAsync([KeyRange.Prefix("/storm/")])).Pairs);
        mirror.Taken.OfType<MirrorUpdate.Relisted>().Should().BeEmpty();
        mirror.Taken.OfType<MirrorUpdate.Change>().Select(change => change.Keys.Revision)
            .Should().Equal(await RevisionsOfAsync(etcd, "/storm/", snapshot.Keys.Revision + 1, last));
    }

    [DebianFact("etcd")]
    public async Task Many_ranges_equal_the_store_over_crashes_pauses_and_compactions()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        KeyRange[] ranges = [KeyRange.Prefix("/storm/1"), KeyRange.Prefix("/storm/3"), KeyRange.Only("/storm/last")];
        await using var mirror = new MirrorRecording(etcd.Client.Mirror(ranges));
        await mirror.NextAsync<MirrorUpdate.Snapshot>(Deadline.Default);

        await ChangeUnderFaultsAsync(etcd, seed: 2, CompactAsync, CrashAsync, CompactAsync, PauseAsync, CompactAsync);
        var last = await etcd.Client.PutAsync("/storm/last", "!");
        var keys = await mirror.ReachAsync(last, Deadline.In(Limit));

        MirrorLaws.Check(mirror.Taken);
        keys.Pairs.Values.Should().Equal((await etcd.Client.ListAsync(ranges)).Pairs);
    }

    private delegate Task Fault(EtcdFixture etcd);

    private static async Task ChangeUnderFaultsAsync(EtcdFixture etcd, int seed, params Fault[] faults)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Deadline.In(Limit));
        var enough = new SemaphoreSlim(0);
        var changing = ChangeAsync(etcd.Client, new Random(seed), enough, stop.Token);
        foreach (var fault in faults)
        {
            await await Task.WhenAny(enough.WaitAsync(stop.Token), changing);
            await fault(etcd);
        }

        await await Task.WhenAny(enough.WaitAsync(stop.Token), changing);
        await stop.CancelAsync();
        await changing;
    }

    // Signals after each so many changes. A change whose outcome is unknown is one too: the store decides.
    private static async Task ChangeAsync(
        EtcdClient client, Random chance, SemaphoreSlim enough, CancellationToken stop)
    {
        for (var changes = 1; !stop.IsCancellationRequested; changes++)
        {
            try
            {
                await ChangeOnceAsync(client, chance, changes);
            }
            catch (Grpc.Core.RpcException error) when (error.StatusCode is
                Grpc.Core.StatusCode.Unavailable or Grpc.Core.StatusCode.DeadlineExceeded
                or Grpc.Core.StatusCode.Internal or Grpc.Core.StatusCode.Cancelled)
            {
                // It counts all the same. Internal is a connection that a stopped server let go silent.
            }

            if (changes % ChangesBetweenFaults == 0)
            {
                enough.Release();
            }
        }
    }

    private static async Task ChangeOnceAsync(EtcdClient client, Random chance, int number)
    {
        switch (chance.Next(4))
        {
            case 0:
                await client.DeleteAsync(KeyRange.Prefix($"/storm/{chance.Next(100):00}"));
                break;
            case 1:
                var transaction = new TxnRequest();
                transaction.Success.Add(Enumerable.Range(0, 5).Select(_ => $"/storm/{chance.Next(100):00}").Distinct()
                    .Select(key => new RequestOp
                    {
                        RequestPut = new PutRequest
                        {
                            Key = ByteString.CopyFromUtf8(key),
                            Value = ByteString.CopyFromUtf8($"{number}"),
                        },
                    }));
                await client.TransactAsync(transaction);
                break;
            default:
                await client.PutAsync($"/{(chance.Next(3) == 0 ? "calm" : "storm")}/{chance.Next(100):00}", $"{number}");
                break;
        }
    }

    private static async Task CrashAsync(EtcdFixture etcd)
    {
        await etcd.Server.KillAsync();
        await etcd.Server.StartAgainAsync(Deadline.Default);
    }

    // Long enough for the probe of the connection to give it up (7 s with these settings).
    private static async Task PauseAsync(EtcdFixture etcd)
    {
        await etcd.Server.Process.PauseAsync();
#pragma warning disable RS0030 // The length of an injected fault.
        await Task.Delay(TimeSpan.FromSeconds(8));
#pragma warning restore RS0030
        await etcd.Server.Process.ResumeAsync();
    }

    private static async Task CompactAsync(EtcdFixture etcd)
    {
        var now = (await etcd.Client.ListAsync([KeyRange.Only("/storm/last")])).Revision;
        await etcd.Client.CompactAsync(now);
    }

    // The truth, from a watch over the whole history with nothing of ours but the wire's own messages.
    private static async Task<IEnumerable<long>> RevisionsOfAsync(
        EtcdFixture etcd, string prefix, long first, long last)
    {
        using var watch = etcd.Client.Watch.Watch(cancellationToken: Deadline.In(Limit));
        var range = KeyRange.Prefix(prefix);
        await watch.RequestStream.WriteAsync(new WatchRequest
        {
            CreateRequest = new WatchCreateRequest
            {
                Key = range.Start,
                RangeEnd = range.End,
                StartRevision = first,
            },
        });
        var revisions = new SortedSet<long>();
        while (!revisions.Contains(last))
        {
            (await watch.ResponseStream.MoveNext(CancellationToken.None)).Should().BeTrue();
            revisions.UnionWith(watch.ResponseStream.Current.Events.Select(one => one.Kv.ModRevision));
        }

        return revisions;
    }
}
