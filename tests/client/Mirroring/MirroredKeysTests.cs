using System.Collections.Immutable;
using System.Diagnostics;
using CsCheck;
using Google.Protobuf;
using Sync.Etcd.Client.Keys;
using Sync.Etcd.Client.Mirroring;
using static Sync.Etcd.Client.Tests.Mirroring.Wire;

namespace Sync.Etcd.Client.Tests.Mirroring;

public sealed class MirroredKeysTests
{
    private static readonly Gen<MirroredKeys> Keys =
        Gen.Select(Gen.Int[0, 9], Gen.Long[1, 3]).Array[0, 8].Select(pairs => KeysOf(pairs));

    [Fact]
    public void A_difference_leads_from_the_one_to_the_other() =>
        Gen.Select(Keys, Keys).Sample((before, after) =>
        {
            var pairs = before.Pairs.ToBuilder();
            foreach (var change in before.DifferenceTo(after))
            {
                _ = change switch
                {
                    KeyChange.Put put => pairs[put.Key] = put.Pair,
                    KeyChange.Removal removal => Removed(pairs, removal.Key),
                    _ => throw new UnreachableException(),
                };
            }

            return pairs.ToImmutable().SequenceEqual(after.Pairs);
        });

    [Fact]
    public void A_difference_speaks_only_of_keys_that_differ_in_key_order() =>
        Gen.Select(Keys, Keys).Sample((before, after) =>
        {
            var keys = before.DifferenceTo(after).Select(change => change.Key).ToList();

            return keys.SequenceEqual(keys.Distinct().Order(KeyOrder.Instance))
                && keys.TrueForAll(key =>
                    before.Pairs.GetValueOrDefault(key) != after.Pairs.GetValueOrDefault(key));
        });

    [Fact]
    public void Events_are_applied_in_their_order_and_tell_what_was_before()
    {
        var before = KeysOf((1, 2));

        var (after, changes) = before.After(5, [Delete("1", 5), Put("1", 5, "new"), Delete("absent", 5)]);

        after.Revision.Should().Be(5);
        after.Pairs.Values.Should().ContainSingle().Which.ValueText.Should().Be("new");
        changes.Should().Equal(
            new KeyChange.Removal(before.Pairs.Values.Single()),
            new KeyChange.Put(after.Pairs.Values.Single(), Previous: null));
    }

    private static StoredPair Removed(
        ImmutableSortedDictionary<ByteString, StoredPair>.Builder pairs, ByteString key)
    {
        var removed = pairs[key];
        pairs.Remove(key);
        return removed;
    }

    private static MirroredKeys KeysOf(params (int Key, long Revision)[] pairs) => MirroredKeys.From(new Listing(
        ClusterId: 1, Revision: 4,
        [.. pairs.DistinctBy(pair => pair.Key).Select(pair => StoredPair.From(
            Put(pair.Key.ToString(System.Globalization.CultureInfo.InvariantCulture), pair.Revision).Kv))]));
}
