using Sync.Conformance.Tests.Servers;
using Sync.TestKit;

namespace Sync.Metad.Tests.Running;

/// <summary>Tests of a metad over a backend that each case names: memory, a JSON file, or one of the stores.</summary>
public abstract class OnAnyBackend : IAsyncLifetime, IDisposable
{
    private protected const string Local = "local";
    private protected const string JsonFile = "file";

    private StoreServer? _store;

    private protected TempDirectory Folder { get; } = new();

    private protected MetadServer Server { get; set; } = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts metad, and what is behind it.</summary>
    /// <param name="backend"><see cref="Local"/>, <see cref="JsonFile"/>, or the name of a store.</param>
    /// <param name="flags">Further flags.</param>
    private protected async Task StartAsync(string backend, params string[] flags)
    {
        string[] behind = [];
        if (backend == JsonFile)
        {
            await File.WriteAllTextAsync(Folder.At("metad.json"), "{}");
            behind = ["--backend=file", $"--file={Folder.At("metad.json")}"];
        }
        else if (backend != Local)
        {
            _store = await StoreServer.StartAsync(
                InnerStore.Of(backend), Folder.At("data"), Deadline.In(TimeSpan.FromSeconds(60)));
            behind = ["--backend=etcdv3", $"--nodes={_store.ClientUrl.OriginalString}"];
        }

        Server = await MetadServer.StartAsync([.. flags, .. behind]);
        await Server.BecomeReadyAsync();
    }
}
