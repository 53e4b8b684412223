using System.Runtime.CompilerServices;
using System.Text;
using Sync.Mvcc.Changes;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Keys;

namespace Sync.Mvcc.Tests.Keys;

public sealed class ViewLifetimeTests
{
    private readonly CollectingStore _store = new();

    [Fact]
    public void A_view_that_is_superseded_is_reachable_while_its_values_are_read_and_not_longer()
    {
        var keyspace = new Keyspace(new KeyspaceSettings(), _store);
        keyspace.Apply(new PutOperation(Encoding.ASCII.GetBytes("key"), Encoding.ASCII.GetBytes("value")));

        ReadSuperseded(keyspace);

        _store.WasReachable.Should().Be(true, "a store keeps the values of a view for as long as it is reachable");
        GC.Collect();
        _store.View!.IsAlive.Should().BeFalse();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReadSuperseded(Keyspace keyspace)
    {
        var reader = Supersede(keyspace);
        reader.Range(new RangeQuery(KeyRange.All)).Value.Pairs.Should().ContainSingle();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private KeyspaceReader Supersede(Keyspace keyspace)
    {
        var view = keyspace.Publish();
        _store.View = new WeakReference(view);
        keyspace.Apply(new PutOperation(Encoding.ASCII.GetBytes("other"), default));
        keyspace.Publish();
        return view.Reader;
    }

    // Memory runs out in the middle of a read.
    private sealed class CollectingStore : IChangeStore
    {
        private readonly MemoryChangeStore _store = new();

        public WeakReference? View { get; set; }

        public bool? WasReachable { get; private set; }

        public ChangeLocation Append(in StoredChange change) => _store.Append(change);

        public StoredChange Read(ChangeLocation location)
        {
            GC.Collect();
            WasReachable = View?.IsAlive;
            return _store.Read(location);
        }

        public void Release(ChangeLocation location) => _store.Release(location);
    }
}
