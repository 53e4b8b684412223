namespace Sync.Metad.Model.Metadata;

/// <summary>
/// The children of a node in the order of their names' bytes. Kept in short runs, so that changing one child of a
/// directory of 100,000 copies one run and the list of runs, not the directory.
/// </summary>
/// <remarks>Immutable. Runs are never empty, hold at most 128 nodes, and follow each other in order.</remarks>
public sealed class NodeList
{
    private const int RunMax = 128;

    private readonly MetadataNode[][] _runs;

    private NodeList(MetadataNode[][] runs, int count)
    {
        _runs = runs;
        Count = count;
    }

    /// <summary>The list without nodes.</summary>
    public static NodeList Empty { get; } = new([], 0);

    /// <summary>How many children there are.</summary>
    public int Count { get; }

    /// <summary>The child of a name.</summary>
    /// <param name="name">The name's bytes.</param>
    /// <returns>Null when there is none.</returns>
    public MetadataNode? Find(ReadOnlySpan<byte> name)
    {
        if (_runs.Length == 0)
        {
            return null;
        }

        var (low, high) = (0, _runs.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = Compare(_runs[middle][0], name) <= 0 ? (middle, high) : (low, middle - 1);
        }

        var run = _runs[low];
        var (first, last) = (0, run.Length - 1);
        while (first <= last)
        {
            var middle = (first + last) / 2;
            var order = Compare(run[middle], name);
            if (order == 0)
            {
                return run[middle];
            }

            (first, last) = order < 0 ? (middle + 1, last) : (first, middle - 1);
        }

        return null;
    }

    /// <summary>Walks the children in order.</summary>
    public Enumerator GetEnumerator() => new(_runs);

    /// <summary>The list after edits.</summary>
    /// <param name="edits">At most one a name, in the order of names.</param>
    internal NodeList With(ReadOnlySpan<NodeEdit> edits)
    {
        var runs = new List<MetadataNode[]>(_runs.Length + 1);
        var next = 0;
        for (var index = 0; index < _runs.Length; index++)
        {
            var run = _runs[index];
            var end = next;
            var isLast = index == _runs.Length - 1;
            while (end < edits.Length && (isLast || Compare(run[^1], edits[end].Name.Bytes) >= 0))
            {
                end++;
            }

            if (end == next)
            {
                runs.Add(run);
            }
            else
            {
                AddRuns(runs, Merge(run, edits[next..end]));
                next = end;
            }
        }

        if (_runs.Length == 0)
        {
            AddRuns(runs, Merge([], edits));
        }

        var count = 0;
        foreach (var run in runs)
        {
            count += run.Length;
        }

        return count == 0 ? Empty : new([.. runs], count);
    }

    private static List<MetadataNode> Merge(ReadOnlySpan<MetadataNode> run, ReadOnlySpan<NodeEdit> edits)
    {
        var merged = new List<MetadataNode>(run.Length + edits.Length);
        var at = 0;
        foreach (var edit in edits)
        {
            while (at < run.Length && Compare(run[at], edit.Name.Bytes) < 0)
            {
                merged.Add(run[at++]);
            }

            if (at < run.Length && Compare(run[at], edit.Name.Bytes) == 0)
            {
                at++;
            }

            if (edit.Node is { } node)
            {
                merged.Add(node);
            }
        }

        merged.AddRange(run[at..]);
        return merged;
    }

    // A run that has shrunk joins its neighbour, so that deletes do not leave a list of single nodes.
    private static void AddRuns(List<MetadataNode[]> runs, List<MetadataNode> nodes)
    {
        if (runs.Count > 0 && nodes.Count > 0 && runs[^1].Length + nodes.Count <= RunMax / 2)
        {
            runs[^1] = [.. runs[^1], .. nodes];
            return;
        }

        var parts = (nodes.Count + RunMax - 1) / RunMax;
        for (var part = 0; part < parts; part++)
        {
            var start = (int)((long)nodes.Count * part / parts);
            var end = (int)((long)nodes.Count * (part + 1) / parts);
            runs.Add([.. nodes[start..end]]);
        }
    }

    private static int Compare(MetadataNode node, ReadOnlySpan<byte> name) => node.Name.Bytes.SequenceCompareTo(name);

    /// <summary>Walks the nodes of a list in order.</summary>
    public struct Enumerator
    {
        private readonly MetadataNode[][] _runs;
        private int _run;
        private int _index;

        internal Enumerator(MetadataNode[][] runs)
        {
            _runs = runs;
            _index = -1;
        }

        /// <summary>The node that <see cref="MoveNext"/> found.</summary>
        public readonly MetadataNode Current => _runs[_run][_index];

        /// <summary>States that this walk and another stand at the start of a run that both lists share.</summary>
        /// <param name="other">The other walk; both stand at a node.</param>
        internal readonly bool IsAtSameRunAs(in Enumerator other) =>
            _index == 0 && other._index == 0 && ReferenceEquals(_runs[_run], other._runs[other._run]);

        /// <summary>Goes to the first node of the next run.</summary>
        /// <returns>False at the end.</returns>
        internal bool MoveToNextRun()
        {
            _index = 0;
            return ++_run < _runs.Length;
        }

        /// <summary>Goes to the next node.</summary>
        /// <returns>False at the end.</returns>
        public bool MoveNext()
        {
            if (_run == _runs.Length)
            {
                return false;
            }

            if (++_index < _runs[_run].Length)
            {
                return true;
            }

            _index = 0;
            return ++_run < _runs.Length;
        }
    }
}

/// <summary>What becomes of one child.</summary>
/// <param name="Name">The child's name.</param>
/// <param name="Node">The new child; null removes it.</param>
internal readonly record struct NodeEdit(NodeName Name, MetadataNode? Node);
