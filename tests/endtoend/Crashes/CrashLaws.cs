using System.Globalization;
using Google.Protobuf;
using Sync.Etcd.Api;

namespace Sync.EndToEnd.Tests.Crashes;

/// <summary>What must hold of a store that came back after a crash, whatever was under way.</summary>
internal sealed class CrashLaws(IReadOnlyList<CrashWriter> writers)
{
    private const int PageKeys = 5_000;

    // A read that stands still is a fault of its own; the limit is generous, for a machine that does much else.
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(60);

    private long _revision;

    /// <summary>Reads the store and compares it with what the writers were told.</summary>
    /// <returns>The store's revision.</returns>
    /// <exception cref="Xunit.Sdk.XunitException">A law is broken.</exception>
    public async Task<long> CheckAsync(KV.KVClient store)
    {
        var revision = await RevisionOfAsync(store);
        revision.Should().BeGreaterThanOrEqualTo(_revision, "a revision never goes back");
        _revision = revision;
        foreach (var writer in writers)
        {
            await CheckAsync(store, writer);
        }

        var acknowledged = writers.SelectMany(writer => writer.Acknowledged).Select(write => write.Revision).ToList();
        acknowledged.Should().OnlyHaveUniqueItems("no revision is given twice");
        acknowledged.DefaultIfEmpty().Max().Should().BeLessThanOrEqualTo(revision, "acknowledged writes have happened");
        return revision;
    }

    private static async Task CheckAsync(KV.KVClient store, CrashWriter writer)
    {
        var pairs = await ListAsync(store, writer.Prefix);
        var present = pairs.ToDictionary(
            pair => int.Parse(pair.Value.ToStringUtf8(), CultureInfo.InvariantCulture), pair => pair.ModRevision);

        var lost = writer.Acknowledged.Where(write => present.GetValueOrDefault(write.Sequence) != write.Revision);
        lost.Should().BeEmpty($"every acknowledged write below {writer.Prefix} is there, at its revision");
        var last = present.Keys.DefaultIfEmpty().Max();
        last.Should().BeLessThanOrEqualTo(writer.Attempted, "only what was asked for is there");
        (await ValueOfAsync(store, writer.LastKey)).Should().Be(
            last, "the two puts of a transaction stand or fall together");
    }

    private static async Task<long> RevisionOfAsync(KV.KVClient store) =>
        (await RangeAsync(store, new RangeRequest { Key = ByteString.CopyFromUtf8("last/"), CountOnly = true }))
            .Header.Revision;

    private static async Task<RangeResponse> RangeAsync(KV.KVClient store, RangeRequest request) =>
        await store.RangeAsync(request, deadline: DateTime.UtcNow + CallMax);

    private static async Task<int> ValueOfAsync(KV.KVClient store, string key)
    {
        var response = await RangeAsync(store, new RangeRequest { Key = ByteString.CopyFromUtf8(key) });
        return response.Kvs.Count == 0 ? 0 : int.Parse(response.Kvs[0].Value.ToStringUtf8(), CultureInfo.InvariantCulture);
    }

    private static async Task<List<KeyValue>> ListAsync(KV.KVClient store, string prefix)
    {
        // The keys below the prefix end in digits, so ':' (the character after '9') is behind all of them.
        var request = new RangeRequest
        {
            Key = ByteString.CopyFromUtf8(prefix),
            RangeEnd = ByteString.CopyFromUtf8(prefix + ":"),
            Limit = PageKeys,
        };
        var pairs = new List<KeyValue>();
        RangeResponse page;
        do
        {
            page = await RangeAsync(store, request);
            pairs.AddRange(page.Kvs);
            request.Key = ByteString.CopyFromUtf8(pairs.LastOrDefault()?.Key.ToStringUtf8() + "\0");
        }
        while (page.More);

        return pairs;
    }
}
