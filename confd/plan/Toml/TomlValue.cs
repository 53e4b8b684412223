namespace Sync.Confd.Plan.Toml;

/// <summary>A value of a TOML file, reduced to the kinds that confd's settings have.</summary>
public abstract record TomlValue
{
    private TomlValue()
    {
    }

    /// <summary>The kind's name in messages, such as <c>string</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>A string of any of TOML's four notations, unescaped.</summary>
    /// <param name="Value">The text.</param>
    public sealed record Words(string Value) : TomlValue
    {
        /// <inheritdoc/>
        public override string Kind => "string";
    }

    /// <summary>An integer.</summary>
    /// <param name="Value">The number.</param>
    public sealed record Number(long Value) : TomlValue
    {
        /// <inheritdoc/>
        public override string Kind => "integer";
    }

    /// <summary><c>true</c> or <c>false</c>.</summary>
    /// <param name="Value">The truth.</param>
    public sealed record Truth(bool Value) : TomlValue
    {
        /// <inheritdoc/>
        public override string Kind => "boolean";
    }

    /// <summary>An array.</summary>
    /// <param name="Items">Its elements, in order.</param>
    public sealed record List(IReadOnlyList<TomlValue> Items) : TomlValue
    {
        /// <inheritdoc/>
        public override string Kind => "array";
    }

    /// <summary>A kind that no setting of confd has: a float, a date or an inline table.</summary>
    /// <param name="KindName">The kind's name.</param>
    public sealed record Other(string KindName) : TomlValue
    {
        /// <inheritdoc/>
        public override string Kind => KindName;
    }
}
