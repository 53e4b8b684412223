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

    /// <summary>Starts a store of its own, whose client port shows a certificate; it listens when this ends.</summary>
    /// <param name="port">The client port.</param>
    /// <param name="own">The certificate.</param>
    /// <param name="limit">How long the start may take.</param>
    /// <param name="flags">Further flags.</param>
    private protected Task<ServerProcess> StartAsync(
        int port, (string Certificate, string Key) own, CancellationToken limit, params string[] flags) =>
        ServerProcess.StartAsync(
            StoreProgram.Ours.Executable,
            [
                .. StoreServer.MemberArguments(
                    $"https://127.0.0.1:{port}", $"http://127.0.0.1:{FreePort.Take()}", Folder.At("data")),
                "--cert-file", own.Certificate, "--key-file", own.Key, .. flags,
            ],
            Readiness.Port(port),
            limit);

    /// <inheritdoc/>
    public void Dispose()
    {
        Root.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
