using Sync.Templates.Values;

namespace Sync.Templates.GoText.Evaluation;

/// <summary>The variables of running templates and the arguments of running calls, in one growing array.</summary>
internal sealed class ValueStack
{
    private Value[] _values = new Value[64];

    /// <summary>The number of values in use.</summary>
    public int Count { get; private set; }

    /// <summary>A value in use.</summary>
    public ref Value this[int index] => ref _values[index];

    /// <summary>Takes empty places on top.</summary>
    /// <returns>The first of them.</returns>
    public int Push(int count)
    {
        var start = Count;
        if (start + count > _values.Length)
        {
            Array.Resize(ref _values, Math.Max(start + count, 2 * _values.Length));
        }

        _values.AsSpan(start, count).Clear();
        Count += count;
        return start;
    }

    /// <summary>Gives back the places from <paramref name="start"/> on.</summary>
    public void Pop(int start) => Count = start;

    /// <summary>Values in use, until the next push.</summary>
    public ReadOnlySpan<Value> Span(int start, int count) => _values.AsSpan(start, count);
}
