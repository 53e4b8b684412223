using CsCheck;
using Sync.Raft.Log;

namespace Sync.Raft.Tests.Log;

public class LogTailTests
{
    private enum Step
    {
        Add,
        Cut,
        Release,
        Slice,
    }

    [Fact]
    public void A_tail_equals_a_plain_list_and_slices_never_change() =>
        Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 200]).Array[0, 300].Sample(
            steps =>
            {
                var tail = new LogTail(new LogIndex(5));
                var model = new List<Entry>();
                var first = 5;
                var slices = new List<(ReadOnlyMemory<Entry> Slice, Entry[] Copy)>();
                var term = 1UL;
                foreach (var (step, amount) in steps)
                {
                    var count = model.Count == 0 ? 0 : amount % (model.Count + 1);
                    switch (step)
                    {
                        case Step.Add:
                            for (var added = 0; added < amount / 4; added++)
                            {
                                var entry = EntryAt(first + model.Count, term);
                                tail.Add(entry);
                                model.Add(entry);
                            }

                            break;
                        case Step.Cut:
                            tail.CutFrom(new LogIndex((ulong)(first + count)));
                            model.RemoveRange(count, model.Count - count);
                            term++;
                            break;
                        case Step.Release:
                            tail.ReleaseBefore(new LogIndex((ulong)(first + count)));
                            model.RemoveRange(0, count);
                            first += count;
                            break;
                        default:
                            slices.Add((tail.Slice(tail.First + count, tail.End), [.. model.Skip(count)]));
                            break;
                    }

                    Assert.Equal(new LogIndex((ulong)first), tail.First);
                    Assert.Equal(model, tail.Slice(tail.First, tail.End).ToArray());
                }

                return slices.TrueForAll(given => given.Slice.Span.SequenceEqual(given.Copy));
            },
            iter: 200);

    [Fact]
    public void A_released_entry_is_not_kept_alive_for_long()
    {
        var tail = new LogTail(new LogIndex(1));
        var released = AddReleased(tail);

        for (var index = 2; index <= 200; index++)
        {
            tail.Add(EntryAt(index, 1));
            tail.ReleaseBefore(new LogIndex((ulong)index));
        }

        GC.Collect();
        released.IsAlive.Should().BeFalse();
        GC.KeepAlive(tail);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference AddReleased(LogTail tail)
    {
        var entry = EntryAt(1, 1);
        tail.Add(entry);
        return new WeakReference(entry);
    }

    private static Entry EntryAt(int index, ulong term) =>
        new(new Term(term), new LogIndex((ulong)index), EntryKind.Normal, new byte[] { (byte)index });
}
