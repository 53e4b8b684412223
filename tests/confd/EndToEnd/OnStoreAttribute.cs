using System.Reflection;
using Sync.TestKit;
using Xunit.Sdk;

namespace Sync.Confd.Tests.EndToEnd;

/// <summary>Runs a theory over one server; without the program of the Debian package that case is skipped with the reason.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class OnStoreAttribute : DataAttribute
{
    public const string Ours = "store";
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
