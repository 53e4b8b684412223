using Sync.Metad.Files;
using Sync.Metad.Model.Backends;
using Sync.Metad.Model.Views;
using Sync.Posix;

namespace Sync.Metad.Keeping;

/// <summary>The file that holds the last snapshot. Its time says when that was last known to be the backend's.</summary>
internal sealed class SnapshotFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly KeyLayout _layout;

    /// <summary>Names the file; it need not exist.</summary>
    /// <param name="path">Where.</param>
    /// <param name="layout">Where keys live.</param>
    public SnapshotFile(string path, KeyLayout layout)
    {
        Path = path;
        _layout = layout;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Reads it.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="FormatException">It is there and cannot be used; the message says why.</exception>
    public KeptKeys? Read()
    {
        if (!File.Exists(Path))
        {
            return null;
        }

        try
        {
            // It holds what rules hide from others, and whoever may write it says what callers are told.
            SecretFile.RequirePrivate(Path);
            var knownAt = File.GetLastWriteTimeUtc(Path);
            var image = SnapshotImage.Read(File.ReadAllBytes(Path), _layout);
            return image.IsRefused
                ? throw new FormatException($"{Path} cannot be used: {image.Problem}")
                : new(image.Value, new(knownAt));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{Path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Puts a snapshot in its place, for the owner's eyes alone.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="knownAt">When it was known to be the backend's.</param>
    /// <exception cref="IOException">It cannot be written; what was there before still is.</exception>
    public void Write(MetadataSnapshot snapshot, DateTimeOffset knownAt)
    {
        using var staged = AtomicFile.Stage(Path, SnapshotImage.Write(snapshot, _layout).Span, new() { Mode = OwnerOnly });
        File.SetLastWriteTimeUtc(staged.StagedPath, knownAt.UtcDateTime);
        staged.Commit();
    }

    /// <summary>Notes that what it holds is still the backend's.</summary>
    /// <param name="knownAt">The time of now.</param>
    /// <exception cref="IOException">It cannot be changed.</exception>
    public void Confirm(DateTimeOffset knownAt) => File.SetLastWriteTimeUtc(Path, knownAt.UtcDateTime);
}

/// <summary>What a file held at the start.</summary>
/// <param name="Image">The keys.</param>
/// <param name="KnownAt">When they were last known to be the backend's.</param>
internal sealed record KeptKeys(SnapshotImage Image, DateTimeOffset KnownAt);
