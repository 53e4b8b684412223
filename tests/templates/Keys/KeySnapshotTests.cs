using System.Text;

namespace Sync.Templates.Tests.Keys;

public sealed class KeySnapshotTests
{
    [Fact]
    public void A_key_that_is_absent_has_no_value_and_one_without_content_an_empty_one()
    {
        var keys = Rendered.KeysOf(("/a", "1"), ("/b", ""));

        Encoding.UTF8.GetString(keys.Value("/a")!.Value.Span).Should().Be("1");
        keys.Value("/b").Should().NotBeNull();
        keys.Value("/c").Should().BeNull();
    }
}
