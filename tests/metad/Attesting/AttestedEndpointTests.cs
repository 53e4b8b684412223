using System.Buffers.Text;
using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using CliWrap;
using CliWrap.Buffered;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Attesting;

/// <summary>Signed documents over HTTP: what callers get, and what verifiers make of it.</summary>
public sealed class AttestedEndpointTests : IDisposable
{
    private const string Route = "/latest/attested/document";
    private const string Keys = "/.well-known/jwks.json";
    private const string Client = "10.0.0.7";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [DebianTheory("openssl")]
    [InlineData("ES256", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")]
    [InlineData("RS256", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")]
    public async Task Openssl_verifies_what_its_key_signed(string algorithm, params string[] kind)
    {
        var file = Secrets.Write(_folder, "key.pem", "");
        await OpensslAsync(["genpkey", .. kind, "-out", file]);
        await OpensslAsync("pkey", "-in", file, "-pubout", "-out", _folder.At("public.pem"));
        await using var server = await StartAsync($"--attested_key_file={file}");

        var answer = await server.GetAsync($"{Route}?audience=a&nonce=n", Client);
        var keys = await RawClient.SendAsync(server.Port, "GET", Keys);

        answer.Status.Should().Be(200, answer.Body);
        var document = new SignedDocument(answer.Body);
        document.Header.GetProperty("alg").GetString().Should().Be(algorithm);
        SignedDocument.Keys(keys.Body).Keys.Should().Equal(document.KeyId);
        (await VerifyAsync(document, document.Input, algorithm)).Should().Be("Verified OK\n");
        (await VerifyAsync(document, document.Input + "A", algorithm)).Should().NotContain("OK");
    }

    [Fact]
    public async Task A_document_tells_who_the_caller_is_for_whom_and_how_long()
    {
        await using var server = await StartAsync(KeyFile(), "--attested_issuer=https://metad.internal");
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

        var answer = await server.GetAsync($"{Route}?nonce=4%2B%22x&audience=https%3A%2F%2Fvault.internal", Client);

        var self = await server.GetAsync("/self?format=json", Client);
        var document = new SignedDocument(answer.Body);
        document.IsSignedByOneOf((await RawClient.SendAsync(server.Port, "GET", Keys)).Body).Should().BeTrue();
        (answer.Header("content-type"), answer.Header("cache-control")).Should().Be(("application/jwt", "no-store"));
        var claims = document.Claims;
        (Text("iss"), Text("sub"), Text("aud"), Text("nonce")).Should().Be(
            ("https://metad.internal", Client, "https://vault.internal", "4+\"x"));
        var at = claims.GetProperty("iat").GetInt64();
        at.Should().BeInRange(before, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        (claims.GetProperty("nbf").GetInt64(), claims.GetProperty("exp").GetInt64()).Should().Be((at, at + 300));
        var about = claims.GetProperty("metad");
        about.GetProperty("addresses").EnumerateArray().Select(item => item.GetString()).Should().Equal(Client);
        about.GetProperty("names").GetArrayLength().Should().Be(0);
        about.GetProperty("revision").GetInt64().Should().Be(answer.Version);
        Base64Url.DecodeFromChars(about.GetProperty("self_sha256").GetString())
            .Should().Equal(SHA256.HashData(Encoding.UTF8.GetBytes(self.Body)));

        var again = new SignedDocument((await server.GetAsync($"{Route}?audience=b", Client)).Body).Claims;
        again.TryGetProperty("nonce", out _).Should().BeFalse();
        again.GetProperty("jti").GetString().Should().NotBe(Text("jti"));

        string? Text(string name) => claims.GetProperty(name).GetString();
    }

    [Fact]
    public async Task A_caller_by_name_is_told_by_its_name_and_a_changed_document_is_no_longer_signed()
    {
        var proxies = Secrets.Write(_folder, "proxies", "a-secret-of-proxies\n");
        await using var server = await StartAsync(KeyFile(), $"--proxy_secret_file={proxies}");
        var target = $"{Route}?audience=a";

        var answer = await RawClient.SendAsync(server.Port, "GET", target, Secrets.Sign("a-secret-of-proxies", target, "id:web"));

        var keys = (await RawClient.SendAsync(server.Port, "GET", Keys)).Body;
        var document = new SignedDocument(answer.Body);
        document.Claims.GetProperty("sub").GetString().Should().Be("id:web");
        document.Claims.GetProperty("metad").GetProperty("names")[0].GetString().Should().Be("id:web");
        document.IsSignedByOneOf(keys).Should().BeTrue();
        var parts = answer.Body.Split('.');
        var forged = Base64Url.DecodeFromChars(parts[1]);
        forged[^10] ^= 1;
        new SignedDocument($"{parts[0]}.{Base64Url.EncodeToString(forged)}.{parts[2]}").IsSignedByOneOf(keys).Should().BeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("?nonce=n")]
    [InlineData("?audience=")]
    [InlineData("?audience=a&nonce=")]
    [InlineData("?audience=LONG")]
    [InlineData("?audience=a&nonce=LONG")]
    public async Task A_document_for_nobody_is_400_and_says_how_to_ask(string query)
    {
        await using var server = await StartAsync(KeyFile());

        var answer = await server.GetAsync(Route + query.Replace("LONG", new string('l', 256), StringComparison.Ordinal), Client);

        answer.Status.Should().Be(400);
        answer.Body.Should().Contain("?audience=https://vault.internal&nonce=N");
    }

    [Fact]
    public async Task Whoever_is_not_known_gets_none_and_reading_is_all_that_works()
    {
        await using var server = await StartAsync(KeyFile());

        (await server.GetAsync($"{Route}?audience=a", "10.0.0.8")).Status.Should().Be(404);
        foreach (var method in new[] { "POST", "PUT", "DELETE" })
        {
            (await RawClient.SendAsync(server.Port, method, $"{Route}?audience=a", [$"X-Forwarded-For: {Client}"])).Status.Should().Be(404);
        }

        var head = await RawClient.SendAsync(server.Port, "HEAD", $"{Route}?audience=a", [$"X-Forwarded-For: {Client}"]);
        (head.Status, head.Body).Should().Be((200, ""));
    }

    [Fact]
    public async Task A_document_wants_what_every_read_wants_and_the_keys_want_nothing()
    {
        await using var server = await StartAsync(KeyFile(), "--session_tokens=required", "--guard_header=Metadata: true");
        string[] caller = [$"X-Forwarded-For: {Client}", "Metadata: true"];

        var without = await RawClient.SendAsync(server.Port, "GET", $"{Route}?audience=a", caller);
        var keys = await RawClient.SendAsync(server.Port, "GET", Keys);

        without.Status.Should().Be(401);
        (keys.Status, keys.Header("content-type")).Should().Be((200, "application/jwk-set+json"));
    }

    [Fact]
    public async Task Data_at_these_places_is_data_unless_the_setting_is_there()
    {
        await using var without = await StartAsync();
        await using var with = await StartAsync(KeyFile());
        foreach (var server in new[] { without, with })
        {
            await server.WriteAsync("PUT", "/v1/data", """{"latest":{"attested":{"document":"D"}},".well-known":{"jwks.json":"J"}}""");
            await server.WriteAsync("PUT", "/v1/rule", $$"""{"{{Client}}":[{"path":"/","mode":1}]}""");
        }

        (await without.GetAsync($"{Route}?audience=a", Client)).Body.Should().Be("D");
        (await without.GetAsync(Keys, Client)).Body.Should().Be("J");
        (await with.GetAsync($"{Route}?audience=a", Client)).Header("content-type").Should().Be("application/jwt");
        (await with.GetAsync(Keys, Client)).Body.Should().StartWith("{\"keys\":[");
        (await with.JsonAsync("/latest", Client)).Should().Be("""{"attested":{"document":"D"}}""", "the place above shows its data");
    }

    [Fact]
    public async Task A_new_key_signs_within_a_second_and_the_one_before_stays_published()
    {
        var setting = KeyFile();
        await using var server = await StartAsync(setting);
        var first = new SignedDocument((await server.GetAsync($"{Route}?audience=a", Client)).Body);

        KeyFile();
        await MetadServer.UntilAsync(async () =>
            new SignedDocument((await server.GetAsync($"{Route}?audience=a", Client)).Body).KeyId != first.KeyId);

        var keys = (await RawClient.SendAsync(server.Port, "GET", Keys)).Body;
        first.IsSignedByOneOf(keys).Should().BeTrue();
        SignedDocument.Keys(keys).Should().HaveCount(2);
    }

    private string KeyFile()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return $"--attested_key_file={Secrets.Write(_folder, "key.pem", key.ExportPkcs8PrivateKeyPem())}";
    }

    private static async Task<MetadServer> StartAsync(params string[] arguments)
    {
        var server = await MetadServer.StartAsync(arguments);
        await server.BecomeReadyAsync();
        await server.WriteAsync("PUT", "/v1/data", """{"nodes":{"7":{"name":"<n7> é"}}}""");
        await server.WriteAsync("PUT", "/v1/mapping", $$"""{"{{Client}}":{"node":"/nodes/7"},"id:web":{"node":"/nodes/7"} }""");
        return server;
    }

    private async Task<string> VerifyAsync(SignedDocument document, string input, string algorithm)
    {
        await File.WriteAllTextAsync(_folder.At("input"), input);
        await File.WriteAllBytesAsync(
            _folder.At("signature"), algorithm == "ES256" ? ToDer(document.Signature) : document.Signature);
        return await OpensslAsync(
            "dgst", "-sha256", "-verify", _folder.At("public.pem"), "-signature", _folder.At("signature"), _folder.At("input"));
    }

    // Openssl wants the two numbers of a signature as a sequence.
    private static byte[] ToDer(byte[] signature)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new BigInteger(signature.AsSpan(0, 32), isUnsigned: true, isBigEndian: true));
            writer.WriteInteger(new BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true));
        }

        return writer.Encode();
    }

    private static async Task<string> OpensslAsync(params string[] arguments) =>
        (await Cli.Wrap(DebianPrograms.Require("openssl")).WithArguments(arguments)
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Deadline.In(Limit))).StandardOutput;
}
