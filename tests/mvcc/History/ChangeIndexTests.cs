using CsCheck;
using Sync.Mvcc.Changes;
using Sync.Mvcc.History;
using Sync.Mvcc.Leases;
using Sync.Mvcc.Tests.Model;

namespace Sync.Mvcc.Tests.History;

/// <summary>Histories of many chunks, against the changes of each key in a list.</summary>
public sealed class ChangeIndexTests
{
    [Fact]
    public void Every_key_is_found_as_it_was_at_every_readable_revision() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 4000], Gen.Int[1, 4], Gen.UInt).Sample(
            (keys, changes, rounds, seed) =>
            {
                var twin = new Twin(keys, seed);
                for (var round = 0; round < rounds; round++)
                {
                    twin.Change(changes / rounds);
                    twin.Check();
                    twin.Compact();
                    twin.Check();
                    twin.Relocate();
                    twin.Check();
                }

                twin.CheckOlderViews();
            },
            iter: 25);

    [Fact]
    public void A_place_in_a_long_chain_is_found_in_few_steps()
    {
        var twin = new Twin(keys: 1, seed: 1);

        twin.Change(100_000);

        // A walk by single steps would look at a thousand million records here.
        for (var revision = 2; revision < 100_000; revision += 10)
        {
            twin.NewestAt(0, revision).Should().Be(revision);
        }
    }

    [Fact]
    public void Emptied_pages_are_given_back_and_passed_over()
    {
        var twin = new Twin(keys: 3, seed: 5);
        const int Page = LogChunk.Size * LogPage.Size;

        twin.Change(Page + 1000);
        twin.Compact(keepLast: 10);

        twin.Check(lastRevisions: 20);
        twin.HeldCount.Should().BeLessThan(15);
        twin.Change(50);
        twin.Check(lastRevisions: 60);
    }

    private sealed class Twin
    {
        private readonly ChangeIndex _index = new();
        private readonly MemoryChangeStore _store = new();
        private readonly List<(long Main, bool IsDelete)>[] _model;
        private readonly List<(ChangeIndexView View, string Text)> _older = [];
        private readonly Random _random;
        private long _revision = 1;
        private long _compacted;

        public Twin(int keys, uint seed)
        {
            _random = new Random((int)seed);
            _model = [.. Enumerable.Range(0, keys).Select(_ => new List<(long, bool)>())];
        }

        public long HeldCount => _index.HeldCount;

        public void Change(int count)
        {
            for (; count > 0; count--)
            {
                var key = _random.Next(_model.Length);
                var last = _model[key].Count > 0 ? _model[key][^1] : (Main: 0, IsDelete: true);
                var isDelete = !last.IsDelete && _random.Next(4) == 0;
                _revision++;
                var header = new ChangeHeader(
                    Text.Bytes($"k{key}"),
                    new ChangeId(new(_revision), 0),
                    isDelete ? ChangeKind.Delete : ChangeKind.Put,
                    isDelete ? Revision.None : new(_revision),
                    isDelete ? 0 : 1,
                    LeaseId.None);
                _index.Append(header, _store.Append(new StoredChange(header, default)));
                _model[key].Add((_revision, isDelete));
            }
        }

        public void Compact(long keepLast = -1)
        {
            var view = _index.Publish();
            _older.Add((view, Describe(view, _compacted, _revision)));
            _compacted = keepLast < 0 ? _random.NextInt64(_compacted, _revision + 1) : _revision - keepLast;
            var removal = new Removal(_index, _store);
            while (removal.Step(_random.Next(1, 2000), new(_compacted)))
            {
            }
        }

        public void Relocate()
        {
            foreach (var (header, _) in _store.Changes)
            {
                if (_random.Next(3) == 0)
                {
                    var location = _store.Move(header.Id);
                    _index.Relocate(header.Key.Span, header.Id, location).Should().BeTrue();
                }
            }

            var unknown = new ChangeId(new(_revision), 1);
            _index.Relocate(Text.Bytes("k0").Span, unknown, default).Should().BeFalse();
            _index.Relocate(Text.Bytes("none").Span, unknown, default).Should().BeFalse();
        }

        public long NewestAt(int key, long revision)
        {
            var view = _index.Current;
            return view.Keys.TryFind(Text.Bytes($"k{key}").Span, out _, out var newest)
                ? view.Log[view.Log.FindAt(newest.Ordinal, revision)].Main
                : 0;
        }

        public void Check(long lastRevisions = long.MaxValue)
        {
            var view = _index.Current;
            var held = new List<ChangeId>();
            for (var at = view.Log.SkipMissing(0); at < view.Log.Count; at = view.Log.SkipMissing(at + 1))
            {
                held.Add(view.Log[at].Id);
            }

            held.SequenceEqual(_store.Changes.Select(change => change.Header.Id)).Should().BeTrue();
            var from = Math.Max(1, Math.Max(_compacted, _revision - lastRevisions));
            var step = Math.Max(1, (_revision - from) / 200);
            for (var revision = from; revision <= _revision; revision += step)
            {
                for (var key = 0; key < _model.Length; key++)
                {
                    Same(view, key, revision);
                }

                var sought = view.Log.Seek(revision);
                var place = held.BinarySearch(new ChangeId(new(revision), 0));
                var expected = held.ElementAtOrDefault(place >= 0 ? place : ~place);
                view.Log[sought].Id.Should().Be(expected);
            }
        }

        public void CheckOlderViews()
        {
            foreach (var (view, text) in _older)
            {
                Describe(view, 0, _revision).Should().EndWith(text[text.IndexOf('|', StringComparison.Ordinal)..]);
            }
        }

        private static string Describe(ChangeIndexView view, long compacted, long revision)
        {
            var text = new System.Text.StringBuilder($"{compacted} {revision}|");
            for (var at = view.Log.SkipMissing(0); at < view.Log.Count; at = view.Log.SkipMissing(at + 1))
            {
                text.Append(view.Log[at].Id).Append('@').Append(view.Log[at].Location.Offset).Append(' ');
            }

            return text.ToString();
        }

        private void Same(ChangeIndexView view, int key, long revision)
        {
            var (main, isDelete) = _model[key].LastOrDefault(change => change.Main <= revision, (0, true));
            var isFound = view.Keys.TryFind(Text.Bytes($"k{key}").Span, out _, out var newest);
            var found = isFound ? view.FindAt(newest.Ordinal, revision).Main : 0;
            if (found != (isDelete ? 0 : main))
            {
                throw new InvalidOperationException($"k{key} at {revision}: {found}, not {main} {isDelete}");
            }
        }
    }
}
