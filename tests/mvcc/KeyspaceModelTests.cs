using CsCheck;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Leases;
using Sync.Mvcc.Tests.Model;

namespace Sync.Mvcc.Tests;

/// <summary>The keyspace against a list of everything that ever happened.</summary>
public sealed class KeyspaceModelTests
{
    [Fact]
    public void Every_answer_is_the_models() =>
        Steps(CommandGen.Any).Sample(Run, iter: 5_000, print: Print);

    [Fact]
    public void Every_answer_under_alarms_is_the_models() =>
        Steps(Gen.Frequency((5, CommandGen.Any), (1, CommandGen.Alarm))).Sample(Run, iter: 2_000, print: Print);

    [Fact]
    public void Long_histories_are_the_models() =>
        Steps(CommandGen.Any).Array[40].Select(parts => parts.SelectMany(part => part).ToArray())
            .Sample(Run, iter: 8, print: Print);

    private static Gen<Step[]> Steps(Gen<Command> command) => Gen.Frequency(
        (12, command.Select(applied => (Step)new ApplyStep(applied))),
        (2, Gen.Const((Step)new PublishStep())),
        (3, CommandGen.Query.Select(query => (Step)new ReadStep(query))),
        (2, Gen.Select(Gen.Int[1, 700], Gen.Int[-1, 20], (changes, watched) => (Step)new RemoveStep(changes, watched))),
        (1, Gen.Int[0, 1000].Select(pick => (Step)new RelocateStep(pick))),
        (1, Gen.Const((Step)new RestoreStep()))).Array[1, 40];

    private static void Run(Step[] steps)
    {
        var twin = new Twin();
        foreach (var step in steps)
        {
            twin.Take(step);
        }

        twin.CheckAll();
        twin.RemoveAll();
        twin.CheckAll();
    }

    private static string Print(Step[] steps) => string.Join("\n", steps.Select(step => step.ToString()));

    private abstract record Step;

    private sealed record ApplyStep(Command Command) : Step
    {
        public override string ToString() => Text.Of(Command);
    }

    private sealed record PublishStep : Step;

    private sealed record ReadStep(RangeQuery Query) : Step
    {
        public override string ToString() => "read " + Text.Of(new RangeOperation(Query));
    }

    private sealed record RemoveStep(int Changes, int Watched) : Step;

    private sealed record RelocateStep(int Pick) : Step;

    private sealed record RestoreStep : Step;

    /// <summary>A keyspace and a model that are given the same steps.</summary>
    private sealed class Twin
    {
        private static readonly KeyspaceSettings Settings = new();

        private readonly ModelStore _model = new();
        private readonly List<(KeyspaceView View, string Text)> _views = [];
        private MemoryChangeStore _store = new();
        private Keyspace _keyspace;
        private bool _isRemoved;

        public Twin() => _keyspace = new Keyspace(Settings, _store);

        public void Take(Step step)
        {
            switch (step)
            {
                case ApplyStep { Command: var command } when CommandValidation.Check(command) is null:
                    Same(Text.Of(_keyspace.Apply(command)), Text.Of(_model.Apply(command)), command.ToString());
                    break;
                case PublishStep:
                    var view = _keyspace.Publish();
                    _views.Add((view, Snapshot(view)));
                    break;
                case ReadStep { Query: var query }:
                    Same(Text.Of(_keyspace.Publish().Range(query)), Text.Of(_model.Range(query)), "read");
                    break;
                case RemoveStep { Changes: var changes, Watched: var watched }:
                    _keyspace.CompactStep(changes, watched < 0 ? Revision.Last : new Revision(watched));
                    break;
                case RelocateStep { Pick: var pick } when _store.Changes.Count > 0:
                    Relocate(_store.Changes[pick % _store.Changes.Count].Header);
                    break;
                case RestoreStep:
                    var image = _keyspace.Image();
                    _store = _store.Copy();
                    _keyspace = Keyspace.Restore(Settings, _store, image, _store.Changes);
                    Same(Text.Join(_keyspace.Image().Leases, lease => lease.ToString()),
                        Text.Join(image.Leases, lease => lease.ToString()), "leases of a restored image");
                    break;
            }
        }

        public void RemoveAll()
        {
            var hash = _keyspace.Publish().HashKv(default).Value;
            while (_keyspace.CompactStep(100, Revision.Last))
            {
            }

            _isRemoved = true;
            Same(
                Text.Join(_store.Changes, held => Text.Of(held.Header)),
                Text.Join(_model.Kept(), change => change.Text),
                "what removal left");
            _keyspace.RemovedRevision.Value.Should().Be(_model.Compacted);
            _keyspace.Publish().HashKv(default).Value.Should().Be(hash, "removal is not to be seen in the hash");
        }

        public void CheckAll()
        {
            var view = _keyspace.Publish();
            view.Revision.Value.Should().Be(_model.Revision);
            view.CompactedRevision.Value.Should().Be(_model.Compacted);
            view.KeyCount.Should().Be(_model.At(_model.Revision).Count);
            view.ChangeCount.Should().Be(_store.Changes.Count);
            view.ChangeBytes.Should().Be(_store.Changes.Sum(held => (long)held.Location.Length));
            Same(Text.Join(view.Alarms, alarm => alarm.ToString()),
                Text.Join(_model.Alarms, alarm => alarm.ToString()), "alarms");
            CheckLeases(view);
            CheckHistory(view);
            foreach (var (old, text) in _views)
            {
                Same(Snapshot(old), text, "an older view");
            }
        }

        private static string Snapshot(KeyspaceView view)
        {
            var revisions = Enumerable.Range(0, (int)view.Revision.Value + 1)
                .Where(revision => revision >= view.CompactedRevision.Value && revision > 0);
            var reads = revisions.Select(revision =>
                Text.Of(view.Range(new RangeQuery(KeyRange.All) { Revision = new(revision) })));
            var changes = view.ChangesSince(view.CompactedRevision, int.MaxValue).Value;
            return string.Join("\n", reads) + Text.Join(changes, change => Text.Of(change.Header))
                + Text.Join(view.Leases(), lease => lease + Text.Join(view.KeysOf(lease.Id), Text.Of))
                + view.HashKv(default).Value;
        }

        private static void Same(string actual, string expected, string what)
        {
            if (actual != expected)
            {
                throw new InvalidOperationException($"{what}\nkeyspace {actual}\nmodel    {expected}");
            }
        }

        private void Relocate(Changes.ChangeHeader change)
        {
            var location = _store.Move(change.Id);
            _keyspace.Relocate(change.Key.Span, change.Id, location).Should().BeTrue();
        }

        private void CheckLeases(KeyspaceView view)
        {
            Same(
                Text.Join(view.Leases(), lease => lease + Text.Join(view.KeysOf(lease.Id), Text.Of)),
                Text.Join(_model.Leases, lease =>
                    new LeaseState(new(lease.Key), lease.Value.Granted, lease.Value.Remaining)
                    + Text.Join(_model.KeysOf(lease.Key), key => Text.Of(Text.Bytes(key)))),
                "leases");
            view.LeaseCount.Should().Be(_model.Leases.Count);
        }

        private void CheckHistory(KeyspaceView view)
        {
            for (var revision = 1L; revision <= _model.Revision + 1; revision++)
            {
                var query = new RangeQuery(KeyRange.All) { Revision = new(revision) };
                Same(Text.Of(view.Range(query)), Text.Of(_model.Range(query)), $"all at {revision}");
                if (revision == _model.Compacted && !_isRemoved)
                {
                    continue;
                }

                var since = view.ChangesSince(new(revision), int.MaxValue);
                Same(
                    since.IsOk ? Text.Join(since.Value, change => Text.Of(change.Header)) : "refused",
                    revision < _model.Compacted ? "refused" : Text.Join(Since(revision), change => change.Text),
                    $"changes since {revision}");
            }
        }

        // At the compacted revision itself, what it overwrote in the same revision goes away with the removal.
        private IEnumerable<ModelChange> Since(long revision) =>
            _model.Changes.Where(change => change.Main >= revision)
                .Where(change => change.Main > _model.Compacted || _model.Kept().Contains(change));
    }
}
