namespace Sync.Templates.Values;

/// <summary>
/// The static type of the place a value was read from. A value taken from a <c>[]interface {}</c> keeps
/// that it came out of an interface, which some error texts and checks show.
/// </summary>
internal enum Slot : byte
{
    /// <summary>A place of the value's own type.</summary>
    Concrete,

    /// <summary>A place of type <c>interface {}</c>.</summary>
    Any,

    /// <summary>A place of type <c>error</c>.</summary>
    Error,
}
