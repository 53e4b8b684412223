using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Sync.Metad.Endpoints;
using Sync.Metad.Files;
using Sync.Metad.Model.Attesting;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Attesting;

/// <summary>Signs documents about callers, and publishes the keys of all that are still good.</summary>
/// <remarks>
/// A key that the file no longer holds stays published until the last document that it can have signed has ended. One that
/// went while the program was down does not: keep it in the file, behind the one that signs.
/// </remarks>
internal sealed class AttestedDocuments
{
    /// <summary>How long a document is good.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    private readonly ReloadedFiles<AttestationKeyFile> _file;
    private readonly string _issuer;
    private readonly TimeProvider _time;

    // Binds what is known of the file, and the keys that it no longer holds.
    private readonly Lock _lock = new();
    private readonly List<(JsonWebKey Key, DateTimeOffset Until)> _gone = [];
    private AttestationKeyFile _known;

    /// <summary>Creates it over a file of keys.</summary>
    /// <param name="file">The file.</param>
    /// <param name="issuer">Whom documents say that they are from.</param>
    /// <param name="time">The clock.</param>
    public AttestedDocuments(ReloadedFiles<AttestationKeyFile> file, string issuer, TimeProvider time)
    {
        _file = file;
        _issuer = issuer;
        _time = time;
        _known = file.Current;
    }

    /// <summary>Answers a caller that asks for a document about itself.</summary>
    /// <param name="snapshot">The state that it is told from.</param>
    /// <param name="settings">What the operator decided for all callers.</param>
    /// <param name="client">The caller; one without rules and mapping gets none.</param>
    /// <param name="query">The query: <c>audience</c>, and <c>nonce</c> where there is one.</param>
    /// <param name="format">The form of an error.</param>
    public Answer Answer(
        MetadataSnapshot snapshot, ViewSettings settings, ClientIdentity client, string query, BodyFormat format)
    {
        var (audience, nonce) = (ManagePlanner.Value(query, "audience"), ManagePlanner.Value(query, "nonce"));
        if (!snapshot.For(client, settings).IsKnown)
        {
            return Endpoints.Answer.Error(StatusCodes.Status404NotFound, "Not found", format);
        }

        return audience is { Length: > 0 and <= AttestedDocument.TextMax } && nonce is null or { Length: > 0 and <= AttestedDocument.TextMax }
            ? new(StatusCodes.Status200OK, "application/jwt", Encoding.ASCII.GetBytes(Sign(snapshot, settings, client, audience, nonce)))
            : Endpoints.Answer.Error(
                StatusCodes.Status400BadRequest,
                $"audience should say who is to read the document, and nonce may stand beside it, each of 1 to "
                    + $"{AttestedDocument.TextMax} characters: ?audience=https://vault.internal&nonce=N",
                format);
    }

    private string Sign(
        MetadataSnapshot snapshot, ViewSettings settings, ClientIdentity client, string audience, string? nonce)
    {
        var document = new AttestedDocument(
            _issuer,
            audience,
            nonce,
            client,
            _time.GetUtcNow(),
            Life,
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            snapshot.Revision,
            DigestOf(snapshot.For(client, settings).Find(MetadataPath.Split("/self"))));
        var key = Current().Signing;
        var input = document.SigningInput(key.Published);
        return $"{input}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(input)))}";
    }

    /// <summary>Answers with the set of all keys that a good document can be signed with.</summary>
    public Answer AnswerKeys()
    {
        lock (_lock)
        {
            var keys = JsonWebKey.WriteSet([.. Current().Published, .. _gone.Select(gone => gone.Key)]);
            return new(StatusCodes.Status200OK, "application/jwk-set+json", keys);
        }
    }

    // A signature by the key of before is at most as old as the look that found it gone.
    private AttestationKeyFile Current()
    {
        lock (_lock)
        {
            var (current, now) = (_file.Current, _time.GetUtcNow());
            if (!ReferenceEquals(current, _known))
            {
                _gone.AddRange(_known.Published.Select(key => (key, now + Life)));
                _known = current;
            }

            _gone.RemoveAll(gone => gone.Until <= now || current.Published.Any(key => key.Id == gone.Key.Id));
            return current;
        }
    }

    private static byte[]? DigestOf(View? self)
    {
        if (self is null)
        {
            return null;
        }

        var body = new ByteBuffer(1024);
        JsonFormat.Write(body, self, isIndented: false);
        return SHA256.HashData(body.Written);
    }
}
