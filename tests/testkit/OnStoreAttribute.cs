using System.Reflection;
using Xunit.Sdk;

namespace Sync.TestKit;

/// <summary>Runs a theory over one server; without the program of the Debian package that case is skipped with the reason.</summary>
/// <remarks><see cref="StoreProgram.Of"/> finds the program of the name that the theory is given.</remarks>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class OnStoreAttribute : DataAttribute
{
    /// <summary>The store of this solution.</summary>
    public const string Ours = "store";

    /// <summary>Debian's etcd.</summary>
    public const string Etcd = "etcd";

    private readonly object[] _row;

    /// <summary>Marks a theory that takes the server's name and <paramref name="more"/>.</summary>
    public OnStoreAttribute(string server, params object[] more)
    {
        _row = [server, .. more];
        Skip = server == Etcd ? DebianPrograms.SkipReason([Etcd]) : null;
    }

    /// <inheritdoc/>
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [_row];
}
