namespace Sync.Templates;

/// <summary>
/// What template functions see of the world outside. The engine does no I/O of its own: the program that
/// renders passes these in, tests pass fixed answers. Each member has a default that finds nothing.
/// </summary>
/// <remarks>Called on the rendering thread. A member that throws fails the render with that message.</remarks>
public sealed record TemplateHost
{
    /// <summary>The value of an environment variable, or null when it is unset.</summary>
    public Func<string, string?> EnvironmentVariable { get; init; } = _ => null;

    /// <summary>The machine's name.</summary>
    public Func<string> HostName { get; init; } = () => "localhost";

    /// <summary>The addresses of a host name as text; empty when there are none or the lookup failed.</summary>
    public Func<string, IReadOnlyList<string>> LookupAddresses { get; init; } = _ => [];

    /// <summary>
    /// The SRV records of (service, protocol, name); with empty service and protocol the name is looked up
    /// as it is. Empty when there are none or no server answers; a server that refuses fails the render.
    /// </summary>
    public Func<string, string, string, IReadOnlyList<ServiceRecord>> LookupServices { get; init; } =
        (_, _, _) => [];

    /// <summary>The addresses of a network interface as text, in the system's order; empty when unknown.</summary>
    public Func<string, IReadOnlyList<string>> InterfaceAddresses { get; init; } = _ => [];

    /// <summary>Whether a path exists; a path that may not be examined counts as existing.</summary>
    public Func<string, bool> FileExists { get; init; } = _ => false;

    /// <summary>The content of a file that a template may read, or null when there is none.</summary>
    public Func<string, ReadOnlyMemory<byte>?> ReadFile { get; init; } = _ => null;

    /// <summary>
    /// The text of an included template, or null when there is none. The name is relative to the template
    /// root and has been checked: no root, no <c>..</c>, forward slashes. The host refuses links that leave
    /// the root by answering null.
    /// </summary>
    public Func<string, ReadOnlyMemory<byte>?> ReadTemplate { get; init; } = _ => null;

    /// <summary>What an encrypted value of a key says; null when there is nothing to decrypt with. A value that cannot be decrypted throws.</summary>
    public Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? Decrypt { get; init; }

    /// <summary>
    /// What a sealed value, one that begins <c>enc:v1:</c>, says; null when there is no key for it, and it stays as it is. A
    /// value that cannot be opened throws.
    /// </summary>
    public Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? OpenSealed { get; init; }

    /// <summary>A random identifier of version 4, another each time. Default all zeros.</summary>
    public Func<Guid> NewIdentifier { get; init; } = () => Guid.Empty;

    /// <summary>The clock behind <c>datetime</c>, <c>now</c> and the render's time limit.</summary>
    public required TimeProvider Clock { get; init; }
}

/// <summary>One SRV record.</summary>
/// <param name="Target">The host name with its trailing dot.</param>
/// <param name="Port">The port, 0 to 65,535.</param>
/// <param name="Priority">Lower is tried first.</param>
/// <param name="Weight">The share among equal priorities.</param>
public sealed record ServiceRecord(string Target, int Port, int Priority, int Weight);
