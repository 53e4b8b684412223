using System.Diagnostics.CodeAnalysis;

namespace Sync.Metad.Model.Documents;

/// <summary>What came of reading text that others wrote: a value, or one sentence on why there is none.</summary>
/// <typeparam name="T">What is read.</typeparam>
public sealed record Reading<T>
    where T : class
{
    private Reading(T? value, string? problem)
    {
        Value = value;
        Problem = problem;
    }

    /// <summary>What was read.</summary>
    public T? Value { get; }

    /// <summary>Why nothing was read.</summary>
    public string? Problem { get; }

    /// <summary>States that nothing was read.</summary>
    [MemberNotNullWhen(true, nameof(Problem))]
    [MemberNotNullWhen(false, nameof(Value))]
    public bool IsRefused => Problem is not null;

    /// <summary>A value was read.</summary>
    /// <param name="value">The value.</param>
    internal static Reading<T> Of(T value) => new(value, problem: null);

    /// <summary>Nothing was read.</summary>
    /// <param name="problem">The reason, as the caller is told.</param>
    internal static Reading<T> Refused(string problem) => new(value: null, problem);
}
