namespace Sync.Templates.GoText;

/// <summary>
/// The variables of one template while it is parsed, each with its place in the frame of the running template.
/// </summary>
/// <remarks>
/// Go's parser forgets a control structure's variables at its end, but its evaluator already at the end of each
/// branch. A name that only the parser still knows parses, and fails when it is evaluated.
/// </remarks>
internal sealed class VariableScope
{
    /// <summary>The place of a variable that is known by name only.</summary>
    public const int Unresolved = -1;

    private readonly List<(string Name, bool IsAlive)> _variables = [("$", true)];

    /// <summary>The number of names known now.</summary>
    public int Count => _variables.Count;

    /// <summary>The most names known at once.</summary>
    public int CountMax { get; private set; } = 1;

    /// <summary>Adds a variable and gives its place. It has a value once its pipeline has been evaluated.</summary>
    public int Declare(string name) => Add(name);

    /// <summary>Gives a declared variable its value.</summary>
    public void Enliven(int place)
    {
        if (place != Unresolved)
        {
            _variables[place] = (_variables[place].Name, true);
        }
    }

    /// <summary>The place of a variable that is assigned; a name not declared fails when it is evaluated.</summary>
    public int Assign(string name)
    {
        var place = AliveIndex(name);
        if (place == Unresolved)
        {
            Add(name);
        }

        return place;
    }

    /// <summary>The place of the variable with a value that was declared last, or of one before it.</summary>
    /// <param name="before">How many such variables came later.</param>
    public int Newest(int before)
    {
        for (var place = Count - 1; place >= 0; place--)
        {
            if (_variables[place].IsAlive && before-- == 0)
            {
                return place;
            }
        }

        return Unresolved;
    }

    /// <summary>Whether a name is known, and its place.</summary>
    public bool TryResolve(string name, out int place)
    {
        place = AliveIndex(name);
        return place != Unresolved || _variables.Exists(variable => variable.Name == name);
    }

    /// <summary>Keeps the names from a count on, though their values are gone.</summary>
    public void Retire(int count)
    {
        for (var place = count; place < _variables.Count; place++)
        {
            _variables[place] = (_variables[place].Name, false);
        }
    }

    /// <summary>Forgets the names from a count on.</summary>
    public void Forget(int count) => _variables.RemoveRange(count, _variables.Count - count);

    private int Add(string name)
    {
        _variables.Add((name, false));
        CountMax = Math.Max(CountMax, Count);
        return Count - 1;
    }

    private int AliveIndex(string name) => _variables.FindLastIndex(variable => variable == (name, true));
}
