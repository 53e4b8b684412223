using System.CommandLine;
using System.Security.Cryptography;
using Google.Protobuf;
using Sync.Etcd.Api;
using Sync.Store.Ctl.Options;

namespace Sync.Store.Ctl.Commands;

/// <summary><c>snapshot save</c>; beside it stand the commands of <see cref="SnapshotFileCommands"/>.</summary>
internal static class SnapshotCommand
{
    private const int DigestBytes = 32;
    private const int PageBytes = 512;

    public static Command Create(CommandRunner runner) => CommandRunner.Group("snapshot", "Copies of the store.",
        runner.Command("save file", "Writes a copy of one endpoint's store to a file.", [],
            async (session, _, words) =>
            {
                var path = words is [var only] ? only : throw ControlFailure.Arguments(
                    "snapshot save expects one argument");
                if (session.Settings.Endpoints.Count != 1)
                {
                    throw ControlFailure.Arguments("snapshot must be requested to one selected node, not multiple "
                        + $"[{string.Join(' ', session.Settings.Endpoints)}]");
                }

                try
                {
                    await SaveAsync(session, path);
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    throw new ControlFailure(ExitCode.InputOutput, $"cannot write {path}: {error.Message}");
                }

                await session.PrintLineAsync($"Snapshot saved at {path}");
            }),
        SnapshotFileCommands.Status(runner),
        SnapshotFileCommands.Restore(runner));

    // The name appears only once the copy is whole and proven.
    private static async Task SaveAsync(ControlSession session, string path)
    {
        var part = new FileInfo(path + ".part");
        try
        {
            // Written through, so that a failure to reach the disk is a failure of the write.
            await using (var file = new FileStream(
                part.FullName, FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 0,
                FileOptions.WriteThrough | FileOptions.Asynchronous))
            {
                await ReceiveAsync(session, file);
                await RequireDigestAsync(file, session.Cancellation);
            }

            // Both names are in one folder, hence on one device.
            part.MoveTo(path, overwrite: true);
        }
        finally
        {
            File.Delete(path + ".part");
        }
    }

    private static async Task ReceiveAsync(ControlSession session, FileStream file)
    {
        await session.Client.SignInAsync(session.Cancellation);
        using var stream = session.Client.Maintenance.Snapshot(
            new SnapshotRequest(), cancellationToken: session.Cancellation);
        while (await stream.ResponseStream.MoveNext(session.Cancellation))
        {
            ByteString blob = stream.ResponseStream.Current.Blob;
            await file.WriteAsync(blob.Memory, session.Cancellation);
        }
    }

    private static async Task RequireDigestAsync(FileStream file, CancellationToken cancellation)
    {
        if (file.Length % PageBytes != DigestBytes)
        {
            throw new ControlFailure(ExitCode.Error, $"sha256 checksum not found [bytes: {file.Length}]");
        }

        file.Position = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        for (var left = file.Length - DigestBytes; left > 0;)
        {
            var read = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancellation);
            hash.AppendData(buffer, 0, read);
            left -= read;
        }

        var digest = new byte[DigestBytes];
        await file.ReadExactlyAsync(digest, cancellation);
        if (!digest.AsSpan().SequenceEqual(hash.GetHashAndReset()))
        {
            throw new ControlFailure(ExitCode.Error, "the copy does not match the digest at its end; save it again");
        }
    }
}
