using Sync.Templates.Diagnostics;
using Sync.Templates.Formatting;

namespace Sync.Templates.Patterns;

/// <summary>
/// Finds matches of a program in texts, all ways side by side: the time is bounded by the length of the text times that of
/// the program, whatever the pattern.
/// </summary>
/// <remarks>Source: Go package regexp, leftmost-first matching; Thompson's simulation as Pike extended it with captures.</remarks>
internal sealed class PatternSearch
{
    private const int SlotsInUseMax = 4_000_000;
    private const int StepsBetweenChecks = 10_000;

    private readonly Instruction[] _program;
    private readonly int _slots;
    private readonly Action _check;
    private readonly bool _isAnchored;
    private readonly Stack<(int Target, int Slot, int Former)> _pending = new();
    private readonly int[] _working;
    private Ways _now;
    private Ways _next;
    private long _steps;

    /// <summary>A search.</summary>
    /// <param name="program">The program.</param>
    /// <param name="slots">How many slots are kept: 2 for the whole match, 2 more for each group.</param>
    /// <param name="check">Called every so often; throws to end the search.</param>
    /// <exception cref="LimitException">The pattern has too many groups for its size.</exception>
    public PatternSearch(Instruction[] program, int slots, Action check)
    {
        if ((long)program.Length * slots > SlotsInUseMax)
        {
            throw new LimitException("a regular expression has too many groups for its size");
        }

        _program = program;
        _slots = slots;
        _check = check;
        _isAnchored = program.Length > 1 && program[1] is { Operation: Operation.Place, Boundary: Boundary.TextStart };
        _working = new int[slots];
        _now = new Ways(program.Length, slots);
        _next = new Ways(program.Length, slots);
    }

    /// <summary>Finds the first match.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where the match may begin at the earliest; what stands before counts for boundaries.</param>
    /// <returns>The slots, start and end of each group, -1 for a group that takes no part; null when nothing matches.</returns>
    public int[]? Find(ReadOnlySpan<byte> text, int start)
    {
        int[]? found = null;
        _now.Clear();
        for (var position = start; ;)
        {
            if (_now.Count == 0 && (found is not null || (_isAnchored && position > 0)))
            {
                return found;
            }

            if (found is null)
            {
                Array.Fill(_working, -1);
                Follow(_now, 0, text, position);
            }

            var length = 0;
            var rune = position < text.Length ? Utf8Runes.Decode(text[position..], out length) : -1;
            found = Step(text, position + length, rune) ?? found;
            Count(_now.Count + 1);
            if (position == text.Length)
            {
                return found;
            }

            position += length;
            (_now, _next) = (_next, _now);
            _next.Clear();
        }
    }

    private void Count(int steps)
    {
        _steps += steps;
        if (_steps >= StepsBetweenChecks)
        {
            _steps = 0;
            _check();
        }
    }

    // Ways that rank behind one that matches end there.
    private int[]? Step(ReadOnlySpan<byte> text, int next, int rune)
    {
        for (var rank = 0; rank < _now.Count; rank++)
        {
            var target = _now.At(rank);
            var instruction = _program[target];
            if (instruction.Operation == Operation.Match)
            {
                return _now.SlotsOf(target).ToArray();
            }

            if (instruction.Operation == Operation.One && rune >= 0 && instruction.Set?.Contains(rune) == true)
            {
                _now.SlotsOf(target).CopyTo(_working);
                Follow(_next, target + 1, text, next);
            }
        }

        return null;
    }

    // Adds all that can be reached from an instruction without a character, in the order of their ranks.
    private void Follow(Ways ways, int start, ReadOnlySpan<byte> text, int position)
    {
        _pending.Push((start, -1, 0));
        while (_pending.TryPop(out var entry))
        {
            if (entry.Slot >= 0)
            {
                _working[entry.Slot] = entry.Former;
                continue;
            }

            for (var target = entry.Target; target >= 0 && ways.TryAdd(target);)
            {
                var instruction = _program[target];
                switch (instruction.Operation)
                {
                    case Operation.Jump:
                        target = instruction.First;
                        break;
                    case Operation.Fork:
                        _pending.Push((instruction.Second, -1, 0));
                        target = instruction.First;
                        break;
                    case Operation.Place:
                        target = Holds(instruction.Boundary, text, position) ? target + 1 : -1;
                        break;
                    case Operation.Save:
                        if (instruction.First < _slots)
                        {
                            _pending.Push((-1, instruction.First, _working[instruction.First]));
                            _working[instruction.First] = position;
                        }

                        target++;
                        break;
                    default:
                        _working.CopyTo(ways.SlotsOf(target));
                        target = -1;
                        break;
                }
            }
        }
    }

    private static bool Holds(Boundary boundary, ReadOnlySpan<byte> text, int position) => boundary switch
    {
        Boundary.TextStart => position == 0,
        Boundary.TextEnd => position == text.Length,
        Boundary.LineStart => position == 0 || text[position - 1] == '\n',
        Boundary.LineEnd => position == text.Length || text[position] == '\n',
        Boundary.Word => IsWord(text, position - 1) != IsWord(text, position),
        Boundary.NotWord => IsWord(text, position - 1) == IsWord(text, position),
    };

    private static bool IsWord(ReadOnlySpan<byte> text, int position) => position >= 0 && position < text.Length
        && (char.IsAsciiLetterOrDigit((char)text[position]) || text[position] == '_');

    /// <summary>The instructions that the search stands at, by rank, each with its slots.</summary>
    private sealed class Ways(int instructions, int slots)
    {
        private readonly int[] _ranked = new int[instructions];
        private readonly int[] _rankOf = new int[instructions];
        private readonly int[] _slots = new int[instructions * slots];

        public int Count { get; private set; }

        public void Clear() => Count = 0;

        public int At(int rank) => _ranked[rank];

        public Span<int> SlotsOf(int target) => _slots.AsSpan(target * slots, slots);

        public bool TryAdd(int target)
        {
            var rank = _rankOf[target];
            if (rank < Count && _ranked[rank] == target)
            {
                return false;
            }

            _rankOf[target] = Count;
            _ranked[Count++] = target;
            return true;
        }
    }
}
