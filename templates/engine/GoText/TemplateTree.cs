using Sync.Templates.GoText.Syntax;

namespace Sync.Templates.GoText;

/// <summary>One template of a set.</summary>
/// <param name="Name">The name it is invoked by.</param>
/// <param name="File">The name of the text it stands in.</param>
/// <param name="Text">That text, for the positions of errors.</param>
/// <param name="Body">What it executes.</param>
/// <param name="FrameSizeMax">The most variables alive at once, the dot's <c>$</c> included.</param>
internal sealed record TemplateTree(string Name, string File, byte[] Text, ListNode Body, int FrameSizeMax);
