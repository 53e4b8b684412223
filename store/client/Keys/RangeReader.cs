using System.Collections.Immutable;
using Google.Protobuf;
using Sync.Etcd.Api;

namespace Sync.Etcd.Client.Keys;

/// <summary>Reads whole ranges in pages that all show the same revision.</summary>
internal static class RangeReader
{
    /// <summary>Pairs of a page when the caller names no number.</summary>
    public const int PageKeysDefault = 1_000;

    /// <summary>Reads every pair of <paramref name="ranges"/>.</summary>
    /// <param name="kv">Where to read.</param>
    /// <param name="ranges">At least one, in order and apart from each other.</param>
    /// <param name="pageKeysMax">Pairs of one page, 1 or more.</param>
    /// <param name="cancellation">Gives the reading up.</param>
    /// <exception cref="Grpc.Core.RpcException">
    /// A page failed; among the causes, the revision was compacted between two pages.
    /// </exception>
    public static async Task<Listing> ReadAsync(
        KV.KVClient kv, IReadOnlyList<KeyRange> ranges, int pageKeysMax, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageKeysMax, 1);
        ArgumentOutOfRangeException.ThrowIfZero(ranges.Count, nameof(ranges));

        var pairs = ImmutableArray.CreateBuilder<StoredPair>();
        ResponseHeader? first = null;
        foreach (var range in ranges)
        {
            var start = range.Start;
            while (true)
            {
                var page = await kv.RangeAsync(
                    new RangeRequest
                    {
                        Key = start,
                        RangeEnd = range.End,
                        Limit = pageKeysMax,
                        Revision = first?.Revision ?? 0,
                    },
                    cancellationToken: cancellation).ConfigureAwait(false);
                first ??= page.Header;
                pairs.AddRange(page.Kvs.Select(StoredPair.From));
                if (!page.More)
                {
                    break;
                }

                start = After(page.Kvs[^1].Key);
            }
        }

        return new Listing(first!.ClusterId, first.Revision, pairs.ToImmutable());
    }

    private static ByteString After(ByteString key) => ByteString.CopyFrom([.. key.Span, 0]);
}
