namespace Sync.Metad.Model.Access;

/// <summary>One line of a host's rules.</summary>
/// <param name="Path">
/// Absolute, such as <c>/clusters/*/env</c>; a whole segment <c>*</c> stands for every name, anything else for itself.
/// </param>
/// <param name="Mode">What the rule says.</param>
public readonly record struct AccessRule(string Path, AccessMode Mode);
