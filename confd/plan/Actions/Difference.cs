using System.Security.Cryptography;

namespace Sync.Confd.Plan.Actions;

/// <summary>One way in which a destination differs from what it should be.</summary>
public abstract record Difference
{
    private Difference()
    {
    }

    /// <summary>The sentence that confd logs for it.</summary>
    /// <param name="destination">The destination's path.</param>
    public abstract string Sentence(string destination);

    /// <summary>There is no file.</summary>
    public sealed record Missing : Difference
    {
        /// <inheritdoc/>
        public override string Sentence(string destination) => $"{destination} does not exist";
    }

    /// <summary>It belongs to another user.</summary>
    public sealed record OtherUser(int Seen, int Wanted) : Difference
    {
        /// <inheritdoc/>
        public override string Sentence(string destination) =>
            $"{destination} has UID {Seen} should be {Wanted}";
    }

    /// <summary>It belongs to another group.</summary>
    public sealed record OtherGroup(int Seen, int Wanted) : Difference
    {
        /// <inheritdoc/>
        public override string Sentence(string destination) =>
            $"{destination} has GID {Seen} should be {Wanted}";
    }

    /// <summary>It has other permission bits.</summary>
    public sealed record OtherMode(int Seen, int Wanted) : Difference
    {
        /// <inheritdoc/>
        public override string Sentence(string destination) =>
            $"{destination} has mode {Letters(Seen)} should be {Letters(Wanted)}";

        private static string Letters(int mode) => "-" + string.Concat(
            Enumerable.Range(0, 9).Select(bit => (mode & (0x100 >> bit)) != 0 ? "rwx"[bit % 3] : '-'));
    }

    /// <summary>It has other bytes.</summary>
    public sealed record OtherContent(ReadOnlyMemory<byte> Seen, ReadOnlyMemory<byte> Wanted) : Difference
    {
        /// <inheritdoc/>
        public override string Sentence(string destination) =>
            $"{destination} has md5sum {Digest(Seen)} should be {Digest(Wanted)}";

#pragma warning disable CA5351 // The digest is read by people who compare it with md5sum; nothing rests on it.
        private static string Digest(ReadOnlyMemory<byte> bytes) =>
            Convert.ToHexStringLower(MD5.HashData(bytes.Span));
#pragma warning restore CA5351
    }
}
