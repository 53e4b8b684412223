namespace Sync.TestKit;

/// <summary>Runs a server from its command line to its exit code.</summary>
/// <param name="arguments">The command line.</param>
/// <param name="errors">Where the reason of a failed start is written.</param>
/// <param name="stop">Ends it in order.</param>
public delegate Task<int> StoreRun(IReadOnlyList<string> arguments, TextWriter errors, CancellationToken stop);

/// <summary>A program that serves etcd's API: Debian's etcd or the store of this solution.</summary>
/// <param name="Name">How results name it.</param>
/// <param name="Executable">The full path; empty when it runs inside the test.</param>
public sealed record StoreProgram(string Name, string Executable)
{
    /// <summary>Runs it inside the test's own process, where no test crashes it; null when it is a process of its own.</summary>
    public StoreRun? Inside { get; init; }

    /// <summary>The etcd of the Debian package.</summary>
    public static StoreProgram Etcd => new("etcd", DebianPrograms.Require("etcd"));

    /// <summary>The store of this solution, from the running test's output folder.</summary>
    public static StoreProgram Ours => new("store", BuiltPrograms.Require("store"));

    /// <summary>The program of a name that <see cref="OnStoreAttribute"/> gives.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static StoreProgram Of(string name) => name switch
    {
        OnStoreAttribute.Ours => Ours,
        OnStoreAttribute.Etcd => Etcd,
        _ => throw new ArgumentException($"{name} is no server of these tests.", nameof(name)),
    };

    /// <inheritdoc/>
    public override string ToString() => Name;
}
