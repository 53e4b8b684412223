using Sync.Simulation.Histories;

namespace Sync.Simulation.Checking;

/// <summary>What a checker found.</summary>
internal enum Verdict
{
    /// <summary>An order of the operations exists that explains all answers.</summary>
    Linearizable,

    /// <summary>None exists.</summary>
    Violated,

    /// <summary>The limit of steps was reached before one was found.</summary>
    Undecided,
}

/// <summary>A verdict with its reason.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Reason">Of a violation, how far an order came and what cannot follow; else empty.</param>
internal sealed record Finding(Verdict Verdict, string Reason);

/// <summary>
/// Decides whether a history is linearizable: whether each operation can be given a moment between its invocation and
/// its return so that the answers are those of a model. Searches depth first over the operations that may come next,
/// and never visits one set of operations with one state twice.
/// </summary>
/// <remarks>
/// Operations of unknown outcome have no return: they may come anywhere after their invocation, or not at all.
/// Source: Wing and Gong, Testing and verifying concurrent objects (1993); Lowe, Testing for linearizability (2017).
/// </remarks>
internal sealed class LinearizabilityChecker<TState>
    where TState : IEquatable<TState>
{
    private readonly IHistoryModel<TState> _model;
    private readonly List<HistoryOperation> _operations;
    private readonly HashSet<(Bitset Done, TState State)> _visited = [];
    private readonly Stack<(Node Call, TState Before)> _order = new();
    private readonly Node _head = new(-1, isCall: false);
    private readonly Bitset _done;
    private readonly long _stepsMax;
    private List<int> _best = [];
    private bool _isBest;
    private TState _bestState;

    private LinearizabilityChecker(IHistoryModel<TState> model, IEnumerable<HistoryOperation> history, long stepsMax)
    {
        _model = model;
        _operations = [.. history.Where(operation => !operation.HasFailed)];
        _done = new Bitset(_operations.Count);
        _stepsMax = stepsMax;
        _bestState = model.Initial;
        Link();
    }

    /// <summary>Checks a history.</summary>
    /// <param name="model">What the operations do.</param>
    /// <param name="history">The operations in any order; those that failed for certain are passed over.</param>
    /// <param name="stepsMax">How many steps of the search to take before giving up.</param>
    public static Finding Check(IHistoryModel<TState> model, IEnumerable<HistoryOperation> history, long stepsMax = 5_000_000) =>
        new LinearizabilityChecker<TState>(model, history, stepsMax).Search();

    private Finding Search()
    {
        var open = _operations.Count(operation => !operation.IsUnknown);
        var state = _model.Initial;
        var node = _head.Next;
        for (var step = 0L; open > 0; step++)
        {
            if (step > _stepsMax)
            {
                return new Finding(Verdict.Undecided, "");
            }

            if (node is { IsCall: true } call)
            {
                if (TryTake(call, state, out var next))
                {
                    open -= _operations[call.Operation].IsUnknown ? 0 : 1;
                    state = next;
                    node = _head.Next;
                }
                else
                {
                    node = call.Next;
                }

                continue;
            }

            // A return that nothing before it leads to, or the end with answers left: the last choice was wrong.
            KeepBest(state);
            if (_order.Count == 0)
            {
                return new Finding(Verdict.Violated, Explain());
            }

            (var last, state) = _order.Pop();
            _done.Remove(last.Operation);
            open += _operations[last.Operation].IsUnknown ? 0 : 1;
            last.PutBack();
            node = last.Next;
        }

        return new Finding(Verdict.Linearizable, "");
    }

    private bool TryTake(Node call, TState state, out TState next)
    {
        if (!_model.TryStep(state, _operations[call.Operation], out next))
        {
            return false;
        }

        _done.Add(call.Operation);
        if (!_visited.Add((_done.Copy(), next)))
        {
            _done.Remove(call.Operation);
            return false;
        }

        _order.Push((call, state));
        call.TakeOut();
        _isBest |= _order.Count > _best.Count;
        return true;
    }

    // Only where the search turns back, for it is no small matter.
    private void KeepBest(TState state)
    {
        if (_isBest)
        {
            _isBest = false;
            _best = [.. _order.Reverse().Select(taken => taken.Call.Operation)];
            _bestState = state;
        }
    }

    private string Explain()
    {
        var taken = _best.ToHashSet();
        var left = _operations.Where((_, number) => !taken.Contains(number)).ToList();
        var deadline = left.Count == 0 ? 0 : left.Min(operation => operation.Return);
        var lines = _best.TakeLast(5).Select(number => $"  after {_operations[number]}")
            .Append($"  in the state {_bestState}")
            .Concat(left.Where(operation => operation.Invoke <= deadline).Take(10).Select(next => $"  impossible {next}"));
        return $"{_best.Count} of {_operations.Count} operations have an order, and none can follow:\n{string.Join('\n', lines)}";
    }

    // Calls and returns in the order of time; at one moment calls come first, so that more orders are allowed.
    private void Link()
    {
        var nodes = new List<(long Time, int Rank, Node Node)>();
        for (var number = 0; number < _operations.Count; number++)
        {
            var call = new Node(number, isCall: true);
            nodes.Add((_operations[number].Invoke, 0, call));
            if (!_operations[number].IsUnknown && _operations[number].Return != HistoryOperation.Never)
            {
                call.Return = new Node(number, isCall: false);
                nodes.Add((_operations[number].Return, 1, call.Return));
            }
        }

        var last = _head;
        foreach (var (_, _, node) in nodes.OrderBy(node => node.Time).ThenBy(node => node.Rank))
        {
            last.Next = node;
            node.Previous = last;
            last = node;
        }
    }

    /// <summary>A call or a return in the doubly linked history.</summary>
    private sealed class Node(int operation, bool isCall)
    {
        public int Operation => operation;

        public bool IsCall => isCall;

        public Node? Previous { get; set; }

        public Node? Next { get; set; }

        public Node? Return { get; set; }

        public void TakeOut()
        {
            Unlink();
            Return?.Unlink();
        }

        public void PutBack()
        {
            Return?.Relink();
            Relink();
        }

        private void Unlink()
        {
            Previous!.Next = Next;
            if (Next is not null)
            {
                Next.Previous = Previous;
            }
        }

        private void Relink()
        {
            Previous!.Next = this;
            if (Next is not null)
            {
                Next.Previous = this;
            }
        }
    }
}
