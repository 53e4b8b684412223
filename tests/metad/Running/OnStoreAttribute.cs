using System.Reflection;
using Sync.TestKit;
using Xunit.Sdk;

namespace Sync.Metad.Tests.Running;

/// <summary>Runs a test over one store: ours, or Debian's etcd, without which that case is skipped with the reason.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class OnStoreAttribute : DataAttribute
{
    public const string Ours = "ours";
    public const string Etcd = "etcd";

    private readonly string _server;

    public OnStoreAttribute(string server)
    {
        _server = server;
        Skip = server == Etcd ? DebianPrograms.SkipReason([Etcd]) : null;
    }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[_server]];
}
