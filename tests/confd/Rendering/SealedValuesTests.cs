using System.Text;
using Sync.Confd.Rendering;
using Sync.TestKit;

namespace Sync.Confd.Tests.Rendering;

public sealed class SealedValuesTests : IDisposable
{
    // What Go's crypto/cipher sealed: key 00 01 .. 1F, nonce 12 times 07, plain text "s3cret".
    private const string Foreign = "enc:v1:BwcHBwcHBwcHBwcHfFnFLgp7eaE+ct4/TyJpUxeJwRsLVw==";

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_another_program_sealed_is_opened(bool keyIsText) =>
        TextOf(ValuesOf(Ascending, keyIsText), Foreign).Should().Be("s3cret");

    [Theory]
    [InlineData("")]
    [InlineData("s3cr\u00e9t\n")]
    public void What_is_sealed_is_opened_and_never_looks_the_same(string plain)
    {
        var values = ValuesOf(Ascending, isText: false);

        var (first, second) = (values.Seal(Encoding.UTF8.GetBytes(plain)), values.Seal(Encoding.UTF8.GetBytes(plain)));

        TextOf(values, first).Should().Be(plain);
        second.Should().NotBe(first);
    }

    [Fact]
    public void A_value_that_cannot_be_opened_says_why()
    {
        var values = ValuesOf(Ascending, isText: false);

        ErrorOf(values, "enc:v1:?").Should().Be("cannot open the value: it is not base64");
        ErrorOf(values, "enc:v1:aGk=").Should().Be("cannot open the value: it is too short");
        ErrorOf(ValuesOf(new byte[32], isText: true), Foreign).Should().Contain("was not sealed with the key in");
        ErrorOf(values, Foreign.Replace("BwcH", "BwcI", StringComparison.Ordinal)).Should().EndWith("or was changed");
        ErrorOf(ValuesOf(new byte[31], isText: false), Foreign).Should().Contain("holds no key; write 32 random bytes");
    }

    [Fact]
    public async Task Templates_of_both_languages_read_sealed_values_in_clear()
    {
        using var confd = new Authoring.AuthoringRun();
        var key = _folder.Write("key", Convert.ToBase64String(Ascending) + "\n");
        (await confd.RunAsync("seal", confd.Write("plain", "pass word"), "-secret-key-file", key)).Should().Be(0, confd.Error);
        var setting = $"/a/b={confd.Output.TrimEnd()}";
        var go = confd.Write("x.tmpl", "{{getv \"/a/b\"}}|{{get \"/a/b\"}}|{{getvs \"/a/*\"}}|{{(gets \"/a/*\")}}|{{kv.a.b}}|{{key \"a/b\"}}|{{getsv \"/a/*\"}}");
        var scriban = confd.Write("x.sbn", "{{ getv '/a/b' }}|{{ kv.a.b }}");

        (await confd.RunAsync("render", go, "-set", setting, "-secret-key-file", key)).Should().Be(0, confd.Error);
        confd.Output.Should().Be("pass word|{/a/b pass word}|[pass word]|[{/a/b pass word}]|pass word|pass word|map[b:pass word]");
        (await confd.RunAsync("render", scriban, "-set", setting, "-secret-key-file", key)).Should().Be(0, confd.Error);
        confd.Output.Should().Be("pass word|pass word");
        (await confd.RunAsync("render", scriban, "-set", setting)).Should().Be(0, confd.Error);
        confd.Output.Should().StartWith("enc:v1:");
    }

    [Fact]
    public async Task Sealing_without_a_key_is_a_wrong_command_line()
    {
        using var confd = new Authoring.AuthoringRun();
        var plain = confd.Write("plain", "x");

        (await confd.RunAsync("seal", plain)).Should().Be(2);
        confd.Error.Should().Contain("-secret-key-file");
        (await confd.RunAsync("seal", plain, "-secret-key-file", confd.At("gone"))).Should().Be(1);
        confd.Error.Should().Contain("cannot find");
    }

    private static byte[] Ascending => [.. Enumerable.Range(0, 32).Select(number => (byte)number)];

    private SealedValues ValuesOf(byte[] key, bool isText)
    {
        var path = _folder.At($"key{key.Length}{key[1]}{isText}");
        File.WriteAllBytes(path, isText ? Encoding.ASCII.GetBytes(Convert.ToBase64String(key) + "\n") : key);
        return new SealedValues(path);
    }

    private static string TextOf(SealedValues values, string value) =>
        Encoding.UTF8.GetString(values.Open(Encoding.ASCII.GetBytes(value)).Span);

    private static string ErrorOf(SealedValues values, string value) =>
        values.Invoking(one => one.Open(Encoding.ASCII.GetBytes(value))).Should().Throw<IOException>().Which.Message;
}
