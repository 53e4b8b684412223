using Sync.Etcd.Client.Tests.Connections;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Certificates;

/// <summary>A folder for the files of one test, and the authority whose certificates its programs show.</summary>
public abstract class OnOneAuthority : IDisposable
{
    /// <summary>The folder.</summary>
    private protected TempDirectory Folder { get; } = new();

    /// <summary>The authority.</summary>
    private protected TestAuthority Root { get; } = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        Root.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
