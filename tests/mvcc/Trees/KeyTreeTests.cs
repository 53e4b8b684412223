using CsCheck;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Tests.Model;
using Sync.Mvcc.Trees;

namespace Sync.Mvcc.Tests.Trees;

public sealed class KeyTreeTests
{
    // Keys over two letters and the extreme bytes meet often; longer ones make trees of three levels.
    private static readonly Gen<string> Key = Gen.Frequency(
        (1, Gen.Char['a', 'd'].Array[1, 5].Select(letters => new string(letters))),
        (2, Gen.Int[0, 5000].Select(number => $"key{number:d5}")),
        (1, Gen.OneOf("\0", "\u00ff", "a\0", "a\u00ff", "\u00ff\u00ff")));

    private static readonly Gen<KeyRange> Range = Gen.Frequency(
        (3, Gen.Select(Key, Key, (start, end) => KeyRange.FromWire(Text.Bytes(start), Text.Bytes(end)))),
        (1, Key.Select(key => KeyRange.Exactly(Text.Bytes(key)))),
        (1, Key.Select(key => KeyRange.From(Text.Bytes(key)))),
        (1, Gen.Const(KeyRange.All)));

    private enum Act
    {
        Set,
        Remove,
        RemoveMany,
        Publish,
    }

    [Fact]
    public void A_tree_is_a_sorted_map_and_its_views_stay_as_they_were()
    {
        var steps = Gen.Select(
            Gen.Frequency((60, Gen.Const(Act.Set)), (25, Gen.Const(Act.Remove)), (1, Gen.Const(Act.RemoveMany)), (3, Gen.Const(Act.Publish))),
            Key,
            Gen.Int[0, 100]);

        Gen.Select(steps.Array[1, 2000], Range.Array[8]).Sample(
            (acts, ranges) =>
            {
                var twin = new Twin();
                foreach (var (act, key, number) in acts)
                {
                    twin.Take(act, key, number);
                }

                twin.Check(ranges);
            },
            iter: 150);
    }

    [Fact]
    public void Small_trees_are_sorted_maps() =>
        Gen.Select(Gen.Select(Gen.Enum<Act>(), Key, Gen.Int[0, 100]).Array[0, 12], Range.Array[2]).Sample(
            (acts, ranges) =>
            {
                var twin = new Twin();
                foreach (var (act, key, number) in acts)
                {
                    twin.Take(act, key, number);
                }

                twin.Check(ranges);
            },
            iter: 10_000);

    [Fact]
    public void Keys_in_order_fill_their_leaves()
    {
        var tree = new KeyTree<Entry>();

        for (var number = 0; number < 32 * 32; number++)
        {
            tree.Set(Text.Bytes($"{number:d6}").Span, new Entry(number));
        }

        tree.Current.Weight.Should().Be(32 * 16);
        LeavesOf(tree.Current).Should().Be(32);
    }

    [Fact]
    public void A_batch_copies_a_node_once()
    {
        var tree = new KeyTree<Entry>();
        tree.Set("a"u8, new Entry(0));
        tree.Publish();

        tree.Set("b"u8, new Entry(2));
        var first = tree.Current;
        tree.Set("c"u8, new Entry(4));

        tree.Current.Should().Be(first, "the batch's own leaf is changed in place");
        tree.Publish();
        tree.Set("d"u8, new Entry(6));
        tree.Current.Should().NotBe(first, "a published leaf is copied");
    }

    private static int LeavesOf(KeyTreeView<Entry> view)
    {
        var leaves = 0;
        var cursor = view.Scan(KeyRange.All);
        for (var keys = 0; cursor.MoveNext(); keys++)
        {
            leaves += keys % KeyTreeNode<Entry>.Size == 0 ? 1 : 0;
        }

        return leaves;
    }

    private readonly record struct Entry(int Number) : IWeighted
    {
        public int Weight => Number % 2;
    }

    private sealed class Twin
    {
        private readonly KeyTree<Entry> _tree = new();
        private readonly SortedDictionary<string, int> _model = new(StringComparer.Ordinal);
        private readonly List<(KeyTreeView<Entry> View, List<(string Key, int Number)> Model)> _published = [];

        public void Take(Act act, string key, int number)
        {
            switch (act)
            {
                case Act.Set:
                    var kept = _tree.Set(Text.Bytes(key).Span, new Entry(number));
                    Require(kept.AsSpan().SequenceEqual(Text.Bytes(key).Span), "the kept key is the key");
                    _model[key] = number;
                    break;
                case Act.Remove:
                    Remove(key);
                    break;
                case Act.RemoveMany:
                    _model.Keys.Where(other => string.CompareOrdinal(other, key) >= 0).Take(number * 4)
                        .ToList().ForEach(Remove);
                    break;
                case Act.Publish:
                    _published.Add((_tree.Publish(), Copy(_model)));
                    break;
            }
        }

        public void Check(KeyRange[] ranges)
        {
            _published.Add((_tree.Current, Copy(_model)));
            foreach (var (view, model) in _published)
            {
                Require(Read(view, KeyRange.All).SequenceEqual(model), "every view is as it was");
                Require(view.Weight == model.Sum(pair => pair.Number % 2), "the weight is the sum");
                foreach (var range in ranges)
                {
                    Check(view, model, range);
                }
            }
        }

        private static void Check(KeyTreeView<Entry> view, List<(string Key, int Number)> model, KeyRange range)
        {
            var inside = model.Where(pair => range.Contains(Text.Bytes(pair.Key).Span)).ToList();
            Require(Read(view, range).SequenceEqual(inside), "a scan finds what is inside");
            Require(view.WeightOf(range) == inside.Sum(pair => pair.Number % 2), "a count counts what is inside");
            var isThere = view.TryFind(range.Start.Span, out _, out var found);
            var exact = model.Where(pair => Text.Bytes(pair.Key).Span.SequenceEqual(range.Start.Span)).ToList();
            Require(isThere == (exact.Count == 1) && (!isThere || found.Number == exact[0].Number), "a look-up finds");
        }

        private static List<(string Key, int Number)> Copy(SortedDictionary<string, int> model) =>
            [.. model.Select(pair => (pair.Key, pair.Value))];

        private static List<(string Key, int Number)> Read(KeyTreeView<Entry> view, KeyRange range)
        {
            var pairs = new List<(string, int)>();
            var cursor = view.Scan(range);
            while (cursor.MoveNext())
            {
                pairs.Add((System.Text.Encoding.Latin1.GetString(cursor.Key), cursor.Value.Number));
            }

            return pairs;
        }

        private static void Require(bool holds, string because)
        {
            if (!holds)
            {
                throw new InvalidOperationException("not so: " + because);
            }
        }

        private void Remove(string key) =>
            Require(_tree.Remove(Text.Bytes(key).Span) == _model.Remove(key), "removal tells whether it was there");
    }
}
