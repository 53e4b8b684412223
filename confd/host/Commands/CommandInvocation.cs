namespace Sync.Confd.Commands;

/// <summary>A command ready to run.</summary>
/// <param name="Arguments">The program and its arguments.</param>
/// <param name="Environment">Variables added to confd's own.</param>
/// <param name="Limit">How long it may run; zero is without limit.</param>
internal sealed record CommandInvocation(
    IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string?> Environment, TimeSpan Limit);
