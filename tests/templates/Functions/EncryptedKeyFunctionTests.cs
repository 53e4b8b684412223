using static Sync.Templates.Tests.Rendered;

namespace Sync.Templates.Tests.Functions;

/// <summary>Values that the host decrypts; here it turns them round.</summary>
public sealed class EncryptedKeyFunctionTests
{
    private static readonly TemplateOptions Options = new() { DecryptsValues = true };

    private static readonly TemplateHost Decrypting = Host with
    {
        Decrypt = value => value.ToArray().Reverse().ToArray(),
    };

    private static readonly Sync.Templates.Keys.KeySnapshot Keys = KeysOf(("/a", "b1"), ("/b", "a2"));

    [Theory]
    [InlineData(FunctionSet.Confd)]
    [InlineData(FunctionSet.ConsulTemplate)]
    public void Values_are_decrypted_in_the_order_of_what_is_stored(FunctionSet set) =>
        Render(TemplateLanguage.Go, "{{cgetv \"/a\"}} {{cget \"/a\"}} {{cgets \"/*\"}} {{cgetvs \"/*\"}}", Keys, Options with { Functions = set }, Decrypting)
            .Text().Should().Be("1b {/a 1b} [{/a 1b} {/b 2a}] [2a 1b]");

    [Fact]
    public void What_is_decrypted_is_secret() =>
        Render(TemplateLanguage.Go, "{{cgetv \"/a\"}}", Keys, Options, Decrypting).HoldsSecrets.Should().BeTrue();

    [Fact]
    public void Scriban_has_them_too() =>
        Render(TemplateLanguage.Scriban, "{{ cgetv '/a' }}", Keys, Options, Decrypting).Text().Should().Be("1b");

    [Theory]
    [InlineData("{{cgetv \"/none\"}}", "key does not exist: /none")]
    [InlineData("{{cgetv \"/a\"}}", "there is no keyring to decrypt values with")]
    public void What_fails_says_why(string text, string message) =>
        Render(TemplateLanguage.Go, text, Keys, Options).Error!.Message.Should().EndWith(message);
}
