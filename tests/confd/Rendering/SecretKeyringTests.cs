using System.IO.Compression;
using System.Text;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Sync.Confd.Rendering;
using Sync.TestKit;

namespace Sync.Confd.Tests.Rendering;

public sealed class SecretKeyringTests : IDisposable
{
    private static readonly PgpKeyPair First = NewKeyPair();
    private static readonly PgpKeyPair Second = NewKeyPair();

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_value_is_decrypted_with_the_key_that_fits(bool isCompressed)
    {
        var keyring = new SecretKeyring(KeyringOf(First, Second));

        var plain = keyring.Decrypt(Encrypted("s3cr\u00e9t\n", Second, isCompressed));

        Encoding.UTF8.GetString(plain.Span).Should().Be("s3cr\u00e9t\n");
    }

    [Fact]
    public void A_value_that_cannot_be_decrypted_says_why()
    {
        var keyring = new SecretKeyring(KeyringOf(First));
        var changed = Convert.FromBase64String(Encoding.ASCII.GetString(Encrypted("x", First, isCompressed: false)));
        changed[^3] ^= 1;

        ErrorOf(keyring, "?"u8.ToArray()).Should().Be("cannot decrypt the value: it is not base64");
        ErrorOf(keyring, "aGk="u8.ToArray()).Should().StartWith("cannot decrypt the value: ");
        ErrorOf(keyring, Encrypted("x", Second, isCompressed: false)).Should().Be("cannot decrypt the value: no key of the keyring fits");
        ErrorOf(keyring, Encoding.ASCII.GetBytes(Convert.ToBase64String(changed))).Should().StartWith("cannot decrypt the value: ");
        ErrorOf(new SecretKeyring(_folder.Write("broken", "no keys")), Encrypted("x", First, isCompressed: false)).Should().NotBeEmpty();
    }

    [Fact]
    public async Task Templates_read_encrypted_values_with_the_keyring_that_is_named()
    {
        using var confd = new Authoring.AuthoringRun();
        var keyring = KeyringOf(First);
        var template = confd.Write("x.tmpl", "{{cgetv \"/a\"}} {{(cget \"/a\").Value}} {{range cgets \"/*\"}}{{.Key}}={{.Value}};{{end}} {{cgetvs \"/*\"}}");
        var value = Encoding.ASCII.GetString(Encrypted("plain", First, isCompressed: true));

        (await confd.RunAsync("render", template, "-set", $"/a={value}", "-secret-keyring", keyring)).Should().Be(0, confd.Error);
        confd.Output.Should().Be("plain plain /a=plain; [plain]");
        (await confd.RunAsync("render", template, "-set", $"/a={value}")).Should().Be(1);
        confd.Error.Should().Contain("function \"cgetv\" not defined");
        (await confd.RunAsync("render", template, "-set", "/a=b", "-secret-keyring", confd.At("gone"))).Should().Be(1);
        confd.Error.Should().Contain("cannot find");
    }

    private static string ErrorOf(SecretKeyring keyring, byte[] value) =>
        keyring.Invoking(one => one.Decrypt(value)).Should().Throw<IOException>().Which.Message;

    private static PgpKeyPair NewKeyPair()
    {
        var generator = new RsaKeyPairGenerator();
        generator.Init(new RsaKeyGenerationParameters(BigInteger.ValueOf(65_537), new SecureRandom(), strength: 1_024, certainty: 20));
        return new PgpKeyPair(PublicKeyAlgorithmTag.RsaGeneral, generator.GenerateKeyPair(), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
    }

    private string KeyringOf(params PgpKeyPair[] pairs)
    {
        using var bytes = new MemoryStream();
        using (var armored = new ArmoredOutputStream(bytes))
        {
            foreach (var pair in pairs)
            {
                new PgpSecretKey(PgpSignature.DefaultCertification, pair, "app <app@example.org>", SymmetricKeyAlgorithmTag.Null, (char[])[],
                    useSha1: true, hashedPackets: null, unhashedPackets: null, new SecureRandom()).Encode(armored);
            }
        }

        return _folder.Write($"keyring{pairs.Length}", Encoding.ASCII.GetString(bytes.ToArray()));
    }

    private static byte[] Encrypted(string plain, PgpKeyPair pair, bool isCompressed)
    {
        using var zipped = new MemoryStream();
        using (var zipping = new GZipStream(zipped, CompressionLevel.Optimal))
        {
            zipping.Write(Encoding.UTF8.GetBytes(plain));
        }

        using var message = new MemoryStream();
        var generator = new PgpEncryptedDataGenerator(SymmetricKeyAlgorithmTag.Aes256, withIntegrityPacket: true, new SecureRandom());
        generator.AddMethod(pair.PublicKey);
        using (var encrypting = generator.Open(message, new byte[1 << 12]))
        using (var packets = isCompressed ? new PgpCompressedDataGenerator(CompressionAlgorithmTag.Zip).Open(encrypting) : encrypting)
        {
            using var literal = new PgpLiteralDataGenerator().Open(packets, PgpLiteralData.Binary, "", zipped.ToArray().Length, DateTime.UnixEpoch);
            literal.Write(zipped.ToArray());
        }

        return Encoding.ASCII.GetBytes(Convert.ToBase64String(message.ToArray()));
    }
}
