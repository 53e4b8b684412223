using Sync.Store.Hosting;
using Sync.TestKit;

namespace Sync.Conformance.Tests.Servers;

/// <summary>Our store inside the test's own process, which saves its start where no test needs it to crash.</summary>
internal static class InnerStore
{
    /// <summary>The store, which logs errors alone: the log of a test is not the place for more.</summary>
    public static StoreProgram Program { get; } = new(OnStoreAttribute.Ours, Executable: "")
    {
        Inside = (arguments, errors, stop) =>
            StoreCommand.RunAsync(["--log-level", "error", .. arguments], environment: [], errors, stop),
    };

    /// <summary>Our store as above, or Debian's etcd, by the name that <see cref="OnStoreAttribute"/> gives.</summary>
    public static StoreProgram Of(string name) => name == OnStoreAttribute.Ours ? Program : StoreProgram.Of(name);
}
