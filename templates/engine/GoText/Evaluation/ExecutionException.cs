using Sync.Templates.GoText.Syntax;

namespace Sync.Templates.GoText.Evaluation;

/// <summary>What stopped a running Go template, and where. The render turns it into a diagnostic.</summary>
internal sealed class ExecutionException(TemplateTree tree, Node? node, string message) : Exception(message)
{
    /// <summary>The template that was running.</summary>
    public TemplateTree Tree { get; } = tree;

    /// <summary>The node that failed.</summary>
    public Node? Node { get; } = node;
}
