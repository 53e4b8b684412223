using System.Text;

namespace Sync.Metad.Model.Access;

/// <summary>The rules of one host as a tree to walk along with the data. Immutable.</summary>
public sealed class AccessRules
{
    private readonly RuleNode _root = new();

    /// <summary>Builds the tree.</summary>
    /// <param name="rules">In order; of two for one path the last counts.</param>
    public AccessRules(IEnumerable<AccessRule> rules)
    {
        foreach (var rule in rules)
        {
            _root.Add(rule);
        }
    }

    /// <summary>Rules that hide everything.</summary>
    public static AccessRules Nothing { get; } = new([]);

    /// <summary>Rules that show everything.</summary>
    public static AccessRules Everything { get; } = new([new("/", AccessMode.Read)]);

    /// <summary>The state of a walk that stands at the root of the data.</summary>
    public AccessWalk Start() => AccessWalk.AtRoot(_root);

    /// <summary>
    /// The rules as they are listed: from the root down, children in the order of first mention, without those that
    /// say nothing.
    /// </summary>
    public IReadOnlyList<AccessRule> Listed()
    {
        var listed = new List<AccessRule>();
        List(_root, "", listed, isSilentListed: false);
        return listed;
    }

    /// <summary>Rules that read back as these: those that are listed, and those that end at a path and say nothing.</summary>
    public IReadOnlyList<AccessRule> Stored()
    {
        var listed = new List<AccessRule>();
        List(_root, "", listed, isSilentListed: true);
        return listed;
    }

    // Inside the tree, a node without a mode only leads to others; at an end it is a rule, and hides its path.
    private static void List(RuleNode node, string path, List<AccessRule> listed, bool isSilentListed)
    {
        if (node.Mode != AccessMode.Unset || (isSilentListed && !node.HasChildren && path.Length > 0))
        {
            listed.Add(new(path.Length == 0 ? "/" : path, node.Mode));
        }

        foreach (var (name, child) in node.Children)
        {
            List(child, $"{path}/{Encoding.UTF8.GetString(name.Bytes)}", listed, isSilentListed);
        }
    }
}
