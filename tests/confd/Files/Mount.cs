using CliWrap;

namespace Sync.Confd.Tests.Files;

/// <summary>A mount that goes with the test.</summary>
internal sealed class Mount(string path) : IAsyncDisposable
{
    /// <summary>Mounts a file or folder over another.</summary>
    public static async Task<Mount> BindAsync(string source, string path)
    {
        await Cli.Wrap("mount").WithArguments(["--bind", source, path]).ExecuteAsync();
        return new Mount(path);
    }

    /// <summary>Mounts a file system in memory.</summary>
    public static async Task<Mount> TemporaryAsync(string path, string options)
    {
        await Cli.Wrap("mount").WithArguments(["-t", "tmpfs", "-o", options, "tmpfs", path]).ExecuteAsync();
        return new Mount(path);
    }

    /// <summary>Takes the right to write away.</summary>
    public async Task RemountReadOnlyAsync() =>
        await Cli.Wrap("mount").WithArguments(["-o", "remount,ro", path]).ExecuteAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Cli.Wrap("umount").WithArguments(["-l", path]).ExecuteAsync();
}
