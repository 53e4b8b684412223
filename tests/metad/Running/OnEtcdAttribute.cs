using System.Reflection;
using Sync.TestKit;
using Xunit.Sdk;

namespace Sync.Metad.Tests.Running;

/// <summary>Runs a test over Debian's etcd; without that package it is skipped with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnEtcdAttribute : DataAttribute
{
    public OnEtcdAttribute() => Skip = DebianPrograms.SkipReason(["etcd"]);

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [["etcd"]];
}
