using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Files;

/// <summary>Lists of secrets: what is one, and who may read them.</summary>
public sealed class SecretFileTests : IDisposable
{
    private const string Secret = "a-secret-of-sixteen";

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Empty_lines_and_comments_are_no_secrets()
    {
        var secrets = Secrets.Open(Secrets.Write(_folder, "file", $"# comment of 16 bytes\n\n  {Secret}  \nanother-{Secret}\n")).Current;

        secrets.Holds(Secret).Should().BeTrue();
        secrets.Holds($"another-{Secret}").Should().BeTrue();
        secrets.Holds("# comment of 16 bytes").Should().BeFalse();
        secrets.Holds("").Should().BeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing else\n")]
    [InlineData("short\n")]
    [InlineData("a-secret-of-sixteen\nshort\n")]
    public void A_file_with_a_short_secret_or_none_is_refused_without_a_word_of_it(string content)
    {
        var open = () => Secrets.Open(Secrets.Write(_folder, "file", content));

        open.Should().Throw<FormatException>().Which.Message.Should().NotContain("short\n").And.NotContain(Secret);
    }

    [Fact]
    public void A_file_that_everybody_may_read_is_refused()
    {
        var path = Secrets.Write(_folder, "file", Secret);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var open = () => Secrets.Open(path);

        open.Should().Throw<FormatException>().WithMessage("*chmod o=*");
    }
}
