using Sync.Posix;

namespace Sync.Disk;

/// <summary>
/// The file system below one folder, as far as the store needs it. Names are relative to that folder, with
/// <c>/</c> between parts; <c>""</c> is the folder itself.
/// </summary>
/// <remarks>
/// What a power loss may do: content written and not synced is on the disk, or not, each sector of 512 bytes for
/// itself; an entry of a directory (a created, renamed or deleted name) is there or not until the directory is
/// synced. A rename is one step: never both names, never none. All members may be called from any thread.
/// </remarks>
public interface IDisk
{
    /// <summary>What the folder is called in messages.</summary>
    string Root { get; }

    /// <summary>Whether the log lies in a folder of its own, which is locked like the data directory.</summary>
    bool HasLogApart => false;

    /// <summary>The whole path of a name, for messages.</summary>
    string PathOf(string path) => $"{Root}/{path}";

    /// <summary>How much room is left in a directory for what is yet to be written, in bytes.</summary>
    /// <exception cref="PosixException">It could not be told.</exception>
    long FreeBytesIn(string directory);

    /// <summary>Makes a directory that only its owner may enter, unless it exists.</summary>
    /// <param name="directory">The directory; the one above it exists.</param>
    /// <exception cref="PosixException">It could not be made.</exception>
    void MakeDirectory(string directory);

    /// <summary>The names in a directory, files and directories, in ordinal order.</summary>
    /// <exception cref="PosixException">It could not be read.</exception>
    IReadOnlyList<string> List(string directory);

    /// <summary>Whether a name exists, of whatever kind.</summary>
    /// <exception cref="PosixException">It could not be told.</exception>
    bool Exists(string path);

    /// <summary>Creates an empty file that only its owner may read and write.</summary>
    /// <returns>The file, open for reading and writing.</returns>
    /// <exception cref="PosixException">EEXIST when the name is taken, or it could not be created.</exception>
    IDiskFile Create(string path);

    /// <summary>Opens an existing file for reading and writing.</summary>
    /// <exception cref="PosixException">ENOENT when there is none, or it could not be opened.</exception>
    IDiskFile Open(string path);

    /// <summary>Gives a file another name in the same directory, replacing what bore it, in one step.</summary>
    /// <exception cref="PosixException">Nothing changed.</exception>
    void Rename(string source, string target);

    /// <summary>
    /// Takes a file's name away. Who has it open can still read it; its space is free once nobody has.
    /// </summary>
    /// <exception cref="PosixException">The name is still there.</exception>
    void Delete(string path);

    /// <summary>Waits until the entries of a directory are on the device.</summary>
    /// <exception cref="PosixException">They may not be there.</exception>
    void SyncDirectory(string directory);
}
