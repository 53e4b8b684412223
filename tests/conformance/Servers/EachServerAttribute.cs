using System.Reflection;
using Sync.TestKit;
using Xunit.Sdk;

namespace Sync.Conformance.Tests.Servers;

/// <summary>Runs a theory on our store, and on Debian's etcd where that is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EachServerAttribute : DataAttribute
{
    /// <inheritdoc/>
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        DebianPrograms.SkipReason(["etcd"]) is null ? [["store"], ["etcd"]] : [["store"]];
}
