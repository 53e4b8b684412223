using Sync.Templates.Values;

namespace Sync.Templates.Patterns;

/// <summary>Writes a pattern out as instructions for <see cref="PatternSearch"/>.</summary>
/// <remarks>Source: Go package regexp/syntax, functions Simplify and Compile.</remarks>
internal sealed class PatternProgram
{
    private const int InstructionsMax = 20_000;

    private readonly List<Instruction> _instructions = [];

    private PatternProgram()
    {
    }

    /// <summary>The instructions of a pattern.</summary>
    /// <exception cref="FunctionException">There are too many.</exception>
    public static Instruction[] Of(PatternNode node)
    {
        var program = new PatternProgram();
        program.Add(new Instruction(Operation.Save, 0));
        program.Write(node);
        program.Add(new Instruction(Operation.Save, 1));
        program.Add(new Instruction(Operation.Match));
        return [.. program._instructions];
    }

    private int Add(Instruction instruction)
    {
        _instructions.Add(instruction);
        return _instructions.Count <= InstructionsMax ? _instructions.Count - 1 : throw TooLarge();
    }

    private static FunctionException TooLarge() => new("error parsing regexp: expression too large");

    private void Write(PatternNode node)
    {
        if (!StackRoom.IsLeft)
        {
            throw TooLarge();
        }

        switch (node)
        {
            case PatternNode.One one:
                Add(new Instruction(Operation.One) { Set = one.Set });
                break;
            case PatternNode.Place place:
                Add(new Instruction(Operation.Place) { Boundary = place.Boundary });
                break;
            case PatternNode.Group group:
                Add(new Instruction(Operation.Save, 2 * group.Index));
                Write(group.Inner);
                Add(new Instruction(Operation.Save, (2 * group.Index) + 1));
                break;
            case PatternNode.Sequence sequence:
                // Even nothing counts against the bound when it is repeated.
                if (sequence.Parts.Count == 0)
                {
                    Add(new Instruction(Operation.Jump, _instructions.Count + 1));
                }

                foreach (var part in sequence.Parts)
                {
                    Write(part);
                }

                break;
            case PatternNode.Choice choice:
                WriteChoice(choice);
                break;
            case PatternNode.Repeat repeat:
                WriteRepeat(repeat);
                break;
        }
    }

    private void WriteChoice(PatternNode.Choice choice)
    {
        var jumps = new List<int>();
        for (var index = 0; index < choice.Branches.Count - 1; index++)
        {
            var fork = Add(default);
            Write(choice.Branches[index]);
            jumps.Add(Add(default));
            _instructions[fork] = new Instruction(Operation.Fork, fork + 1, _instructions.Count);
        }

        Write(choice.Branches[^1]);
        foreach (var jump in jumps)
        {
            _instructions[jump] = new Instruction(Operation.Jump, _instructions.Count);
        }
    }

    private void WriteRepeat(PatternNode.Repeat repeat)
    {
        var (inner, min) = (repeat.Inner, repeat.CountMin);
        if (repeat.CountMax is not { } max)
        {
            WriteTimes(inner, min - 1);
            WriteLoop(repeat, atLeastOnce: min > 0);
            return;
        }

        if (max == 0)
        {
            Add(new Instruction(Operation.Jump, _instructions.Count + 1));
        }

        // Each of the times that need not be may end the repetition.
        WriteTimes(inner, min);
        var forks = new List<int>();
        for (var count = min; count < max; count++)
        {
            forks.Add(Add(default));
            Write(inner);
        }

        foreach (var fork in forks)
        {
            _instructions[fork] = Fork(repeat, fork + 1, _instructions.Count);
        }
    }

    private void WriteTimes(PatternNode inner, int times)
    {
        for (var count = 0; count < times; count++)
        {
            Write(inner);
        }
    }

    // What can match nothing is an optional loop with the fork behind it, so that priorities come out right.
    private void WriteLoop(PatternNode.Repeat repeat, bool atLeastOnce)
    {
        var entry = !atLeastOnce ? Add(default) : -1;
        var start = _instructions.Count;
        Write(repeat.Inner);
        if (entry >= 0 && !repeat.Inner.IsNullable)
        {
            Add(new Instruction(Operation.Jump, entry));
        }
        else
        {
            var fork = Add(default);
            _instructions[fork] = Fork(repeat, start, fork + 1);
        }

        if (entry >= 0)
        {
            _instructions[entry] = Fork(repeat, start, _instructions.Count);
        }
    }

    private static Instruction Fork(PatternNode.Repeat repeat, int again, int onward) => repeat.IsLazy
        ? new Instruction(Operation.Fork, onward, again)
        : new Instruction(Operation.Fork, again, onward);
}

/// <summary>One step of a search.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="First">Where it goes on; the slot of a save. Other instructions go on with the next one.</param>
/// <param name="Second">Where a fork goes on when the first way leads nowhere.</param>
internal readonly record struct Instruction(Operation Operation, int First = 0, int Second = 0)
{
    /// <summary>The characters that are let through.</summary>
    public RuneSet? Set { get; init; }

    /// <summary>The place that is let through.</summary>
    public Boundary Boundary { get; init; }
}

/// <summary>What an instruction does.</summary>
internal enum Operation : byte
{
    /// <summary>Goes on elsewhere.</summary>
    Jump,

    /// <summary>Tries two ways, the first one first.</summary>
    Fork,

    /// <summary>Takes one character of a set.</summary>
    One,

    /// <summary>Goes on at a place only.</summary>
    Place,

    /// <summary>Notes the position in a slot.</summary>
    Save,

    /// <summary>Has found a match.</summary>
    Match,
}
