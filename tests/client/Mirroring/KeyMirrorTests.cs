using Google.Protobuf;
using Sync.Etcd.Api;
using Sync.Etcd.Client.Keys;
using Sync.Etcd.Client.Mirroring;
using Sync.TestKit;

namespace Sync.Etcd.Client.Tests.Mirroring;

public sealed class KeyMirrorTests
{
    private static readonly TimeSpan FaultLimit = TimeSpan.FromSeconds(60);

    [DebianFact("etcd")]
    public async Task The_keys_come_first_then_each_change()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        await etcd.Client.PutAsync("/app/a", "1");
        var seen = await etcd.Client.PutAsync("/other", "x");

        await using var mirror = Follow(etcd, KeyRange.Prefix("/app/"));
        var snapshot = await mirror.NextAsync<MirrorUpdate.Snapshot>(Deadline.Default);
        await mirror.NextAsync<MirrorUpdate.Connected>(Deadline.Default);
        var put = await etcd.Client.PutAsync("/app/b", "2");
        var change = await mirror.NextAsync<MirrorUpdate.Change>(Deadline.Default);

        snapshot.Keys.Revision.Should().Be(seen);
        Texts(snapshot.Keys).Should().Equal("/app/a=1");
        change.Keys.Revision.Should().Be(put);
        Texts(change.Keys).Should().Equal("/app/a=1", "/app/b=2");
        change.Changes.Should().ContainSingle().Which.Should().BeOfType<KeyChange.Put>()
            .Which.Previous.Should().BeNull();
    }

    [DebianFact("etcd")]
    public async Task A_transaction_over_several_ranges_comes_as_one_change()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        await using var mirror = Follow(etcd, KeyRange.Prefix("/a/"), KeyRange.Prefix("/z/"), KeyRange.Only("/m"));
        await mirror.NextAsync<MirrorUpdate.Connected>(Deadline.Default);

        var written = await etcd.Client.TransactAsync(Puts("/a/1", "/k", "/m", "/z/1"));
        var change = await mirror.NextAsync<MirrorUpdate.Change>(Deadline.Default);

        change.Keys.Revision.Should().Be(written.Header.Revision);
        change.Changes.Select(one => one.Key.ToStringUtf8()).Should().Equal("/a/1", "/m", "/z/1");
        MirrorLaws.Check(mirror.Taken);
    }

    [DebianFact("etcd")]
    public async Task A_range_larger_than_a_page_is_read_at_one_revision()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        foreach (var batch in Enumerable.Range(0, 250).Select(number => $"/big/{number:000}").Chunk(100))
        {
            await etcd.Client.TransactAsync(Puts(batch));
        }

        await using var mirror = new MirrorRecording(etcd.Client.Mirror(
            [KeyRange.Prefix("/big/")], new MirrorOptions { PageKeysMax = 7 }));
        var snapshot = await mirror.NextAsync<MirrorUpdate.Snapshot>(Deadline.Default);

        snapshot.Keys.Pairs.Should().HaveCount(250);
    }

    [DebianFact("etcd")]
    public async Task A_change_larger_than_a_message_is_joined_from_its_fragments()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default, "--max-request-bytes", "10000000");
        await using var mirror = Follow(etcd, KeyRange.Prefix("/big/"));
        await mirror.NextAsync<MirrorUpdate.Connected>(Deadline.Default);
        var large = ByteString.CopyFrom(new byte[100_000]);
        var transaction = new TxnRequest();
        transaction.Success.Add(Enumerable.Range(0, 60).Select(number => new RequestOp
        {
            RequestPut = new PutRequest { Key = ByteString.CopyFromUtf8($"/big/{number:00}"), Value = large },
        }));

        await etcd.Client.TransactAsync(transaction);
        var change = await mirror.NextAsync<MirrorUpdate.Change>(Deadline.Default);

        change.Changes.Should().HaveCount(60);
    }

    [DebianFact("etcd")]
    public async Task A_store_that_is_down_at_first_is_told_as_lost_and_then_followed()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        await etcd.Client.PutAsync("/app/a", "1");
        await etcd.Server.KillAsync();

        await using var mirror = Follow(etcd, KeyRange.Prefix("/app/"));
        var lost = await mirror.NextAsync<MirrorUpdate.Lost>(Deadline.In(FaultLimit));
        await etcd.Server.StartAgainAsync(Deadline.Default);
        var snapshot = await mirror.NextAsync<MirrorUpdate.Snapshot>(Deadline.In(FaultLimit));

        lost.Failures.Should().Be(1);
        lost.Error.StatusCode.Should().Be(Grpc.Core.StatusCode.Unavailable);
        Texts(snapshot.Keys).Should().Equal("/app/a=1");
    }

    [DebianFact("etcd")]
    public async Task Every_revision_of_an_outage_is_delivered_afterwards()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        await using var mirror = Follow(etcd, KeyRange.Prefix("/app/"));
        await mirror.NextAsync<MirrorUpdate.Connected>(Deadline.Default);
        var first = await etcd.Client.PutAsync("/app/a", "1");
        await mirror.ReachAsync(first, Deadline.Default);

        await etcd.Server.Process.PauseAsync();
        await mirror.NextAsync<MirrorUpdate.Lost>(Deadline.In(FaultLimit));
        await etcd.Server.KillAsync();
        await etcd.Server.StartAgainAsync(Deadline.Default);
        var last = first;
        foreach (var value in new[] { "2", "3", "4" })
        {
            last = await etcd.Client.PutAsync("/app/a", value);
        }

        await mirror.ReachAsync(last, Deadline.In(FaultLimit));
        MirrorLaws.Check(mirror.Taken);
        mirror.Taken.OfType<MirrorUpdate.Change>().Select(change => Texts(change.Keys).Single())
            .Should().Equal("/app/a=1", "/app/a=2", "/app/a=3", "/app/a=4");
    }

    [DebianFact("etcd")]
    public async Task A_compaction_during_an_outage_leads_to_a_new_reading_that_yields_the_difference()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        await etcd.Client.TransactAsync(Puts("/app/kept", "/app/changed", "/app/gone"));
        await using var mirror = Follow(etcd, KeyRange.Prefix("/app/"));
        await mirror.NextAsync<MirrorUpdate.Connected>(Deadline.Default);

        await etcd.Server.KillAsync();
        await mirror.NextAsync<MirrorUpdate.Lost>(Deadline.In(FaultLimit));
        await ChangeAndCompactElsewhereAsync(etcd.Server.DataDirectory);
        await etcd.Server.StartAgainAsync(Deadline.Default);
        var relisted = await mirror.NextAsync<MirrorUpdate.Relisted>(Deadline.In(FaultLimit));

        relisted.Reason.Should().Be(RelistReason.Compacted);
        relisted.Changes.Select(change => (change.Key.ToStringUtf8(), change.GetType().Name))
            .Should().Equal(("/app/changed", nameof(KeyChange.Put)), ("/app/gone", nameof(KeyChange.Removal)));
        MirrorLaws.Check(mirror.Taken);
    }

    [DebianFact("etcd")]
    public async Task A_store_restored_from_an_older_copy_is_read_anew()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        using var copy = new TempDirectory();
        await etcd.Client.PutAsync("/app/old", "1");
        await etcd.Server.StopAsync(Deadline.Default);
        CopyFolder(etcd.Server.DataDirectory, copy.FullName);
        await etcd.Server.StartAgainAsync(Deadline.Default);
        var seen = await etcd.Client.PutAsync("/app/new", "1");
        await using var mirror = Follow(etcd, KeyRange.Prefix("/app/"));
        await mirror.NextAsync<MirrorUpdate.Connected>(Deadline.Default);

        await etcd.Server.KillAsync();
        Directory.Delete(etcd.Server.DataDirectory, recursive: true);
        CopyFolder(copy.FullName, etcd.Server.DataDirectory);
        await etcd.Server.StartAgainAsync(Deadline.Default);
        var relisted = await mirror.NextAsync<MirrorUpdate.Relisted>(Deadline.In(FaultLimit));

        relisted.Reason.Should().Be(RelistReason.StoreReplaced);
        relisted.Keys.Revision.Should().BeLessThan(seen);
        Texts(relisted.Keys).Should().Equal("/app/old=1");
        relisted.Changes.Should().ContainSingle().Which.Should().BeOfType<KeyChange.Removal>();
    }

    [DebianFact("etcd")]
    public async Task A_silent_store_is_asked_how_far_it_is()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        await using var mirror = new MirrorRecording(etcd.Client.Mirror(
            [KeyRange.Prefix("/app/")], new MirrorOptions { ProgressInterval = TimeSpan.FromMilliseconds(50) }));
        await mirror.NextAsync<MirrorUpdate.Connected>(Deadline.Default);

        var elsewhere = await etcd.Client.PutAsync("/other", "x");
        var keys = await mirror.ReachAsync(elsewhere, Deadline.Default);

        keys.Pairs.Should().BeEmpty();
    }

    [DebianFact("etcd")]
    public async Task Cancelling_ends_the_sequence()
    {
        await using var etcd = await EtcdFixture.StartAsync(Deadline.Default);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Deadline.Default);

        var act = async () =>
        {
            await foreach (var update in etcd.Client.Mirror([KeyRange.All]).FollowAsync(stop.Token))
            {
                if (update is MirrorUpdate.Connected)
                {
                    await stop.CancelAsync();
                }
            }
        };

        await act.Should().ThrowAsync<OperationCanceledException>();
    }

    private static MirrorRecording Follow(EtcdFixture etcd, params KeyRange[] ranges) =>
        new(etcd.Client.Mirror(ranges));

    // The same store on other ports, where no mirror finds it before all is done.
    private static async Task ChangeAndCompactElsewhereAsync(string dataDirectory)
    {
        await using var elsewhere = await StoreServer.StartAsync(
            StoreProgram.Etcd, dataDirectory, Deadline.In(FaultLimit));
        using var client = new EtcdClient(EtcdFixture.OptionsFor(elsewhere.Endpoint));
        await client.PutAsync("/app/changed", "new");
        var deletion = await client.DeleteAsync(KeyRange.Only("/app/gone"));
        await client.CompactAsync(deletion.Revision);
        await elsewhere.StopAsync(Deadline.In(FaultLimit));
    }

    private static TxnRequest Puts(params string[] keys)
    {
        var transaction = new TxnRequest();
        transaction.Success.Add(keys.Select(key => new RequestOp
        {
            RequestPut = new PutRequest { Key = ByteString.CopyFromUtf8(key) },
        }));
        return transaction;
    }

    private static IEnumerable<string> Texts(MirroredKeys keys) =>
        keys.Pairs.Values.Select(pair => $"{pair.KeyText}={pair.ValueText}");

    private static void CopyFolder(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var folder in Directory.GetDirectories(source))
        {
            CopyFolder(folder, Path.Combine(target, Path.GetFileName(folder)));
        }

        foreach (var file in Directory.GetFiles(source))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }
    }
}
