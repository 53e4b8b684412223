namespace Sync.Metad.Model.Cloud;

/// <summary>One document that a machine image asks for while it boots.</summary>
/// <param name="Body">The bytes.</param>
/// <param name="IsJson">States that the body is JSON; else it is text.</param>
public sealed record CloudPage(byte[] Body, bool IsJson);
