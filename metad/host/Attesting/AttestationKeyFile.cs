using System.Security.Cryptography;
using System.Text;
using Sync.Metad.Files;
using Sync.Metad.Model.Attesting;

namespace Sync.Metad.Attesting;

/// <summary>The file of keys that documents are signed with: PEM, the first key signs, the others are only published.</summary>
/// <param name="Signing">The key that signs.</param>
/// <param name="Published">All keys that verifiers are told, the signing one first.</param>
internal sealed record AttestationKeyFile(AttestationKey Signing, IReadOnlyList<JsonWebKey> Published)
{
    private const string Parameters = "EC PARAMETERS";
    private const string Wanted = "P-256 (ES256) or RSA of at least 2048 bits (RS256), unencrypted, as PEM";

    /// <summary>Opens a file that is read again when it changed.</summary>
    /// <param name="path">The file; others than its owner and group may not read it.</param>
    /// <param name="complain">Told of a change that cannot be used.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="FormatException">The file cannot be used; the message names it and never a key.</exception>
    public static ReloadedFiles<AttestationKeyFile> Open(string path, Action<string> complain, TimeProvider time) =>
        new([path], contents =>
        {
            SecretFile.RequirePrivate(path);
            return Read(path, Encoding.UTF8.GetString(contents[0]));
        }, complain, time);

    private static AttestationKeyFile Read(string path, string text)
    {
        var blocks = Blocks(text);
        if (blocks.Count == 0)
        {
            throw new FormatException($"{path} holds no key: {Wanted}, is wanted.");
        }

        var isPublic = blocks[0].AsSpan()[PemEncoding.Find(blocks[0]).Label].EndsWith("PUBLIC KEY");
        if (isPublic || AttestationKey.Read(blocks[0]) is not { } signing)
        {
            throw new FormatException($"{path} does not begin with a private key that can sign here: {Wanted}, is wanted.");
        }

        return new(signing, [signing.Published, .. blocks.Skip(1).Select(PublishedIn)]);

        JsonWebKey PublishedIn(string block, int index) => AttestationKey.ReadPublished(block)
            ?? throw new FormatException($"{path} holds a key, number {index + 2}, that cannot be published: {Wanted}, is wanted.");
    }

    private static List<string> Blocks(string text)
    {
        var blocks = new List<string>();
        for (var rest = text; PemEncoding.TryFind(rest, out var found); rest = rest[found.Location.End..])
        {
            if (!rest.AsSpan()[found.Label].SequenceEqual(Parameters))
            {
                blocks.Add(rest[found.Location]);
            }
        }

        return blocks;
    }
}
