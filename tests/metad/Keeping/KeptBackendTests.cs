using System.Runtime.CompilerServices;
using System.Text;
using Sync.Metad.Backends;
using Sync.Metad.Keeping;
using Sync.Metad.Model.Backends;

namespace Sync.Metad.Tests.Keeping;

/// <summary>What was on disk is told first and marked as old; then the backend's own keys take its place, deletions included.</summary>
public sealed class KeptBackendTests
{
    private static readonly DateTimeOffset KnownAt = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task The_first_listing_becomes_the_difference_to_what_was_kept()
    {
        var updates = await FollowAsync(
            Kept(5, ("/gone", "x"), ("/same", "1"), ("/new", "old")),
            new BackendUpdate.Changed(9, [Put("/new", "now"), Put("/more", "2"), Put("/same", "1")]),
            new BackendUpdate.Changed(10, [Put("/same", "1")]));

        updates.Select(Told).Should().Equal(
            "kept 5 at 03:04:05: /gone=x /same=1 /new=old",
            "changed 9: /gone- /new=now /more=2",
            "changed 10: /same=1");
    }

    [Theory]
    [InlineData(4, "1", "replaced 4: ")]
    [InlineData(5, "2", "replaced 5: /same=2")]
    [InlineData(5, "1", "changed 5: ")]
    [InlineData(6, "2", "changed 6: /same=2")]
    public async Task Revisions_that_did_not_rise_with_the_content_are_another_stores(long revision, string value, string told)
    {
        var updates = await FollowAsync(
            Kept(5, ("/same", "1")), new BackendUpdate.Changed(revision, [Put("/same", value)]));

        Told(updates[^1]).Should().Be(told);
    }

    [Fact]
    public async Task The_outage_began_when_the_keys_were_last_known_and_not_at_the_start()
    {
        var lost = new BackendUpdate.Lost(KnownAt.AddHours(5), 1, TimeSpan.FromSeconds(1), "refused");

        var updates = await FollowAsync(
            Kept(5, ("/a", "1")), lost, new BackendUpdate.Changed(6, [Put("/a", "1")]), lost);

        updates.OfType<BackendUpdate.Lost>().Select(update => update.Since).Should().Equal(KnownAt, lost.Since);
    }

    [Fact]
    public async Task Without_a_file_the_backend_speaks_alone()
    {
        var all = new BackendUpdate.Changed(9, [Put("/a", "1")]);

        (await FollowAsync(kept: null, all)).Should().Equal(all);
    }

    [Fact]
    public async Task A_key_that_is_spelled_otherwise_now_does_not_go_with_its_old_spelling()
    {
        var layout = new KeyLayout(prefix: "", group: "default");
        var builder = new SnapshotBuilder(layout);

        // The bytes of a snapshot hold the canonical spelling; the store has another one.
        foreach (var update in await FollowAsync(Kept(5, ("/d/k", "x")), new BackendUpdate.Changed(6, [Put("/d//k", "x")])))
        {
            builder.Apply(6, update is BackendUpdate.Kept kept ? kept.Changes : ((BackendUpdate.Changed)update).Changes);
        }

        builder.Current.Tree.Find(Model.Paths.MetadataPath.Split("/d/k")).Should().NotBeNull();
    }

    private static async Task<List<BackendUpdate>> FollowAsync(KeptKeys? kept, params BackendUpdate[] updates)
    {
        var told = new List<BackendUpdate>();
        await foreach (var update in new KeptBackend(new Script(updates), () => kept).FollowAsync(CancellationToken.None))
        {
            told.Add(update);
        }

        return told;
    }

    private static KeptKeys Kept(long revision, params (string Key, string Value)[] keys) =>
        new(new(revision, [.. keys.Select(key => Put(key.Key, key.Value))]), KnownAt);

    private static BackendChange Put(string key, string value) => new(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value));

    private static string Told(BackendUpdate update) => update switch
    {
        BackendUpdate.Kept kept => $"kept {kept.Revision} at {kept.KnownAt:HH:mm:ss}: {Keys(kept.Changes)}",
        BackendUpdate.Changed changed => $"changed {changed.Revision}: {Keys(changed.Changes)}",
        BackendUpdate.Relisted listed => $"replaced {listed.Revision}: {Keys(listed.Changes)}",
        _ => update.ToString(),
    };

    private static string Keys(IEnumerable<BackendChange> changes) => string.Join(' ', changes.Select(change =>
        Encoding.UTF8.GetString(change.Key.Span) + (change.Value is { } value ? $"={Encoding.UTF8.GetString(value)}" : "-")));

    private sealed class Script(BackendUpdate[] updates) : IBackend
    {
        public async IAsyncEnumerable<BackendUpdate> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            foreach (var update in updates)
            {
                await Task.Yield();
                yield return update;
            }
        }

        public Task<long?> WriteAsync(
            IReadOnlyList<BackendOperation> operations, WriteGuard? guard, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
