using System.Text;
using Sync.Templates.Functions.Own;
using Sync.Templates.Time;
using Sync.Templates.Values;

namespace Sync.Templates.Formatting;

/// <summary>
/// The text that a value gives of itself: errors, times, durations, months, weekdays, versions, and pointers to all but the first.
/// </summary>
internal static class OwnText
{
    /// <summary>The text, or null when values of the type have none.</summary>
    public static byte[]? Of(in Value value) => value.DynamicType is not { } type ? null : type switch
    {
        { Kind: Kind.Pointer } when type.Is(GoType.ErrorPointer) && !value.IsNil => value.Pointed().Fields[0].String,
        { Kind: Kind.Pointer } when value.Reference is TimeLocation location => Encoding.UTF8.GetBytes(location.Name),
        { Kind: Kind.Pointer, Element: { } element } when IsOf(element) => value.IsNil ? "<nil>"u8.ToArray() : Of(value.Pointed()),
        { Kind: Kind.Struct } when value.Reference is TimeValue time => Encoding.UTF8.GetBytes(time.ToString()),
        { Kind: Kind.Struct } when type.Is(SemanticVersion.Type) => Encoding.UTF8.GetBytes(SemanticVersion.Of(value).ToString()),
        { Kind: Kind.Int64 } when type.Is(GoType.Duration) =>
            Encoding.UTF8.GetBytes(DurationText.Format(value.Int)),
        { Kind: Kind.Int } when type.Is(GoType.Month) => Encoding.UTF8.GetBytes(TimeNames.Month(value.Int)),
        { Kind: Kind.Int } when type.Is(GoType.Weekday) => Encoding.UTF8.GetBytes(TimeNames.Weekday(value.Int)),
        _ => null,
    };

    // The types whose pointers have the text, too.
    private static bool IsOf(GoType type) => type.Is(GoType.Time) || type.Is(GoType.Duration) || type.Is(GoType.Month)
        || type.Is(GoType.Weekday) || type.Is(SemanticVersion.Type);
}
