namespace Sync.Mvcc;

/// <summary>A value, or the reason why there is none.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public readonly struct Result<T>
{
    private readonly T? _value;
    private readonly StoreError _error;

    private Result(T? value, StoreError error, bool isOk)
    {
        _value = value;
        _error = error;
        IsOk = isOk;
    }

    /// <summary>Whether <see cref="Value"/> is set; otherwise <see cref="Error"/> is.</summary>
    public bool IsOk { get; }

    /// <summary>The value.</summary>
    /// <exception cref="InvariantException">The request was refused; look at <see cref="IsOk"/> first.</exception>
    public T Value => IsOk && _value is { } value
        ? value
        : throw new InvariantException($"a refused request has no value ({_error})");

    /// <summary>The reason of the refusal.</summary>
    /// <exception cref="InvariantException">There was none; look at <see cref="IsOk"/> first.</exception>
    public StoreError Error => !IsOk
        ? _error
        : throw new InvariantException("an answered request has no error");

    /// <summary>An answered request.</summary>
    public static implicit operator Result<T>(T value) => new(value, default, isOk: true);

    /// <summary>A refused request.</summary>
    public static implicit operator Result<T>(StoreError error) => new(default, error, isOk: false);

    /// <inheritdoc/>
    public override string ToString() => IsOk ? $"ok: {_value}" : $"refused: {_error}";
}
