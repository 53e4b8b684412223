using Sync.Metad.Model.Access;
using Sync.Metad.Model.Metadata;

namespace Sync.Metad.Model.Views;

/// <summary>
/// What one caller sees at one place: a description over shared nodes that formats write out, not a copy.
/// </summary>
public abstract record View
{
    private View()
    {
    }

    /// <summary>A place in the data, with the rules that hold from there on.</summary>
    /// <param name="Node">A leaf that may be read, or a directory of which a part or nothing shows.</param>
    /// <param name="Walk">The rules at the node.</param>
    public sealed record DataView(MetadataNode Node, AccessWalk Walk) : View;

    /// <summary>A directory of a caller's mapping.</summary>
    /// <param name="Children">The names that resolve, ordered by bytes; may be empty.</param>
    public sealed record MappedView(IReadOnlyList<NamedView> Children) : View;

    /// <summary>The root of the data with the caller's own part in it, under the name <c>self</c>.</summary>
    /// <param name="Root">The data; a key named self in it is out of sight.</param>
    /// <param name="Self">What <c>/self</c> shows.</param>
    public sealed record RootView(DataView Root, MappedView Self) : View;

    /// <summary>A directory whose content is left out, since the caller asked for fewer levels.</summary>
    public sealed record CutView : View
    {
        /// <summary>The only one.</summary>
        public static CutView Instance { get; } = new();
    }
}

/// <summary>A name and what it stands for.</summary>
/// <param name="Name">The name.</param>
/// <param name="View">What is there.</param>
public sealed record NamedView(NodeName Name, View View);
