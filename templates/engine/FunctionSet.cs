namespace Sync.Templates;

/// <summary>
/// The family of programs whose functions a template calls. The families share names with different
/// argument orders, so a template belongs to exactly one.
/// </summary>
public enum FunctionSet
{
    /// <summary>The functions of confd and of its maintained fork.</summary>
    Confd,

    /// <summary>The functions of yunify's confd: arithmetic and comparison over numeric strings.</summary>
    Yunify,

    /// <summary>confd's functions; where the maintained fork by abtreece behaves differently, its way.</summary>
    Abtreece,

    /// <summary>consul-template's functions: those over texts and numbers take their subject last.</summary>
    ConsulTemplate,
}
