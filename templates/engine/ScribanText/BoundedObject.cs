using System.Globalization;
using Scriban;
using Scriban.Runtime;

namespace Sync.Templates.ScribanText;

/// <summary>An object whose text stays short outside of the output, also when it holds itself.</summary>
/// <remarks>
/// Scriban puts values into its error messages with no bound on their depth, so that <c>a.b = a; -a</c> would overflow the
/// stack. Every object that a template can reach is one of these.
/// </remarks>
internal sealed class BoundedObject() : ScriptObject(capacity: 0, autoImportStaticsFromThisType: false)
{
    /// <summary>An object with the members of another.</summary>
    public static BoundedObject Of(ScriptObject members)
    {
        var bounded = new BoundedObject();
        members.CopyTo(bounded);
        return bounded;
    }

    /// <summary>A value just decoded from JSON, of at most the decoder's depth, with bounded objects in it.</summary>
    public static object? OfJson(object? value)
    {
        switch (value)
        {
            case ScriptArray elements:
                for (var index = 0; index < elements.Count; index++)
                {
                    elements[index] = OfJson(elements[index]);
                }

                return elements;
            case ScriptObject members:
                var bounded = new BoundedObject();
                foreach (var member in members)
                {
                    bounded[member.Key] = OfJson(member.Value);
                }

                return bounded;
            default:
                return value;
        }
    }

    /// <inheritdoc/>
    public override string ToString(string? format, IFormatProvider? formatProvider) => formatProvider is TemplateContext
        ? base.ToString(format, formatProvider)
        : string.Create(CultureInfo.InvariantCulture, $"an object with {Count} members");
}
