using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Sync.Metad.Attesting;
using Sync.Metad.Files;
using Sync.Metad.Model.Formats;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Attesting;

/// <summary>The file of keys that documents are signed with, and what becomes of keys that leave it.</summary>
public sealed class AttestationKeyFileTests : IDisposable
{
    // openssl genpkey -algorithm ED25519
    private const string Ed25519 =
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIEdH2TwyGmAq/fqrmQ6oWYLMOyU8yY3LQ9hmvYHFjH3b\n-----END PRIVATE KEY-----\n";

    private readonly TempDirectory _folder = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_form_of_a_private_key_is_read()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        const string Parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";

        var algorithms = new[]
        {
            ec.ExportPkcs8PrivateKeyPem(), Parameters + ec.ExportECPrivateKeyPem(), rsa.ExportPkcs8PrivateKeyPem(), rsa.ExportRSAPrivateKeyPem(),
        }.Select(pem => Open(pem).Current.Signing.Published.Algorithm);

        algorithms.Should().Equal("ES256", "ES256", "RS256", "RS256");
    }

    [Theory]
    [InlineData("", "holds no key")]
    [InlineData("no key", "holds no key")]
    [InlineData(Ed25519, "does not begin with a private key that can sign here")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "does not begin with a private key")]
    public void What_cannot_sign_is_refused_and_what_can_is_named(string content, string problem) =>
        Refusal(content).Should().Contain(problem).And.Contain("P-256 (ES256) or RSA of at least 2048 bits (RS256)");

    [Fact]
    public void Other_curves_short_keys_encrypted_ones_and_public_ones_are_refused()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(1024);
        var encrypted = ec.ExportEncryptedPkcs8PrivateKeyPem("secret", new(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1));

        foreach (var pem in new[]
        {
            other.ExportPkcs8PrivateKeyPem(), rsa.ExportPkcs8PrivateKeyPem(), encrypted, ec.ExportSubjectPublicKeyInfoPem(),
        })
        {
            Refusal(pem).Should().Contain("does not begin with a private key that can sign here").And.NotContain(pem[30..40]);
        }

        Refusal(ec.ExportPkcs8PrivateKeyPem() + "\n" + other.ExportSubjectPublicKeyInfoPem()).Should().Contain("a key, number 2, that cannot be published");
    }

    [Fact]
    public void A_file_that_everybody_may_read_is_refused()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var path = Secrets.Write(_folder, "key", ec.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var open = () => AttestationKeyFile.Open(path, _ => { }, _time);

        open.Should().Throw<FormatException>().WithMessage($"{path} may be read by everybody*");
    }

    [Fact]
    public void Further_keys_of_the_file_are_published_and_the_first_signs()
    {
        using var first = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var documents = Documents(Open(first.ExportPkcs8PrivateKeyPem() + "\n" + next.ExportSubjectPublicKeyInfoPem()));

        SignedDocument.Keys(KeysOf(documents)).Should().HaveCount(2);
        SignedDocument.Keys(KeysOf(documents)).Keys.First().Should().Be(Sign(documents).KeyId);
    }

    [Fact]
    public void A_key_that_left_the_file_is_published_until_its_last_document_has_ended()
    {
        var keys = Enumerable.Range(0, 3).Select(_ => NewKey()).ToArray();
        var file = Open(keys[0]);
        var documents = Documents(file);
        var old = Sign(documents);

        Change(keys[1]);
        var second = Sign(documents);
        Change(keys[2]);
        var third = Sign(documents);

        foreach (var document in new[] { old, second, third })
        {
            document.IsSignedByOneOf(KeysOf(documents)).Should().BeTrue();
        }

        new[] { old.KeyId, second.KeyId, third.KeyId }.Should().OnlyHaveUniqueItems();
        _time.Advance(AttestedDocuments.Life - TimeSpan.FromSeconds(2.5));
        SignedDocument.Keys(KeysOf(documents)).Should().ContainKey(second.KeyId);
        _time.Advance(TimeSpan.FromSeconds(2.5));
        SignedDocument.Keys(KeysOf(documents)).Keys.Should().Equal(third.KeyId);
    }

    [Fact]
    public void A_change_that_cannot_be_used_leaves_the_key_and_is_told_once()
    {
        var complaints = new List<string>();
        var file = AttestationKeyFile.Open(Secrets.Write(_folder, "key", NewKey()), complaints.Add, _time);
        var documents = Documents(file);
        var before = Sign(documents).KeyId;

        Change(Ed25519);
        Sign(documents).KeyId.Should().Be(before);
        _time.Advance(TimeSpan.FromSeconds(2));

        Sign(documents).KeyId.Should().Be(before);
        complaints.Should().ContainSingle().Which.Should().Contain("can sign here");
        SignedDocument.Keys(KeysOf(documents)).Should().HaveCount(1);
    }

    [Fact]
    public async Task Many_at_once_get_documents_that_are_all_signed()
    {
        var documents = Documents(Open(NewKey()));

        var all = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => Sign(documents))));

        all.Should().OnlyContain(document => document.IsSignedByOneOf(KeysOf(documents)));
        all.Select(document => document.Claims.GetProperty("jti").GetString()).Should().OnlyHaveUniqueItems();
    }

    private static string NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private void Change(string content)
    {
        Secrets.Write(_folder, "key", content);
        _time.Advance(TimeSpan.FromSeconds(1));
    }

    private ReloadedFiles<AttestationKeyFile> Open(string content) =>
        AttestationKeyFile.Open(Secrets.Write(_folder, "key", content), _ => { }, _time);

    private string Refusal(string content)
    {
        var open = () => Open(content);
        return open.Should().Throw<FormatException>().Which.Message;
    }

    private AttestedDocuments Documents(ReloadedFiles<AttestationKeyFile> file) => new(file, "metad", _time);

    private static SignedDocument Sign(AttestedDocuments documents)
    {
        var answer = documents.Answer(
            Snapshots.Of("{}", """{"10.0.0.1":{"a":"/a"}}"""), default, Snapshots.Client("10.0.0.1"), "audience=a", BodyFormat.Text);
        return new(Encoding.ASCII.GetString(answer.Body.Span));
    }

    private static string KeysOf(AttestedDocuments documents) => Encoding.UTF8.GetString(documents.AnswerKeys().Body.Span);
}
