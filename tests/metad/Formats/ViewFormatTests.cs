using System.Text;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Metadata;

namespace Sync.Metad.Tests.Formats;

/// <summary>The forms of answers, byte for byte.</summary>
public sealed class ViewFormatTests
{
    [Fact]
    public void Text_lists_lines_in_byte_order_of_whole_paths()
    {
        var tree = Snapshots.Tree(("/a/k", "1"), ("/a-b/k", "2"), ("/10", "3"), ("/2", "4"), ("/e", ""), ("/r", "tab\there\nline\n"));

        Text(tree).Should().Be("/10\t3\n/2\t4\n/a-b/k\t2\n/a/k\t1\n/e\t\n/r\ttab\there\nline\n\n");
    }

    [Fact]
    public void Text_orders_a_leaf_among_directories_by_its_whole_path()
    {
        var tree = Snapshots.Tree(("/a/k", "1"), ("/a!", "2"), ("/a.b", "3"), ("/a/k-1", "4"), ("/a/k.2/x", "5"), ("/a0", "6"));

        Text(tree).Should().Be("/a!\t2\n/a.b\t3\n/a/k\t1\n/a/k-1\t4\n/a/k.2/x\t5\n/a0\t6\n");
    }

    [Fact]
    public void A_leaf_as_text_is_its_raw_value() =>
        Snapshots.Body(Leaf("no newline"), BodyFormat.Text).Should().Be("no newline");

    [Theory]
    [InlineData("3", "\"3\"")]
    [InlineData("<a>&b", "\"\\u003ca\\u003e\\u0026b\"")]
    [InlineData("a\u2028b\u2029", "\"a\\u2028b\\u2029\"")]
    [InlineData("é日😀", "\"é日😀\"")]
    [InlineData("q\"b\\n\n\r\t\b\f\u0001\u007f", "\"q\\\"b\\\\n\\n\\r\\t\\u0008\\u000c\\u0001\u007f\"")]
    public void Json_escapes_as_go_does(string value, string expected) =>
        Snapshots.Body(Leaf(value), BodyFormat.Json).Should().Be(expected);

    [Fact]
    public void Json_replaces_bytes_that_are_not_utf8()
    {
        var buffer = new ByteBuffer();

        JsonText.Write(buffer, [(byte)'a', 0xFF, 0xC3, (byte)'b', 0xE2, 0x82]);

        Encoding.UTF8.GetString(buffer.Written).Should().Be("\"a\\ufffd\\ufffdb\\ufffd\\ufffd\"");
    }

    [Fact]
    public void Json_orders_members_by_bytes_at_each_level()
    {
        var tree = Snapshots.Tree(("/b", "1"), ("/a/2", "2"), ("/a/10", "3"), ("/B", "4"), ("/a-b", "5"));

        Snapshots.Body(Snapshots.Everything(tree.Root), BodyFormat.Json)
            .Should().Be("""{"B":"4","a":{"10":"3","2":"2"},"a-b":"5","b":"1"}""");
    }

    [Fact]
    public void Pretty_json_is_indented_by_two_spaces()
    {
        var tree = Snapshots.Tree(("/a/b", "1"), ("/c", "2"));

        Snapshots.Body(Snapshots.Everything(tree.Root), BodyFormat.Json, isPretty: true)
            .Should().Be("{\n  \"a\": {\n    \"b\": \"1\"\n  },\n  \"c\": \"2\"\n}");
    }

    [Theory]
    [InlineData(BodyFormat.Text, "")]
    [InlineData(BodyFormat.Json, "{}")]
    [InlineData(BodyFormat.Yaml, "{}\n")]
    public void Nothing_is_an_empty_object(BodyFormat format, string expected) =>
        Snapshots.Body(Snapshots.Everything(MetadataTree.Empty.Root), format).Should().Be(expected);

    [Fact]
    public void Self_takes_its_place_among_the_members_and_hides_a_key_of_its_name()
    {
        var snapshot = Snapshots.Of(
            """{"a":"1","self":"hidden","z":"2"}""",
            """{"10.0.0.1":{"x":"/a","gone":"/none","dir":{"gone":"/none"}}}""",
            """{"10.0.0.1":[{"path":"/","mode":1}]}""");

        snapshot.Body("10.0.0.1", "/").Should().Be("""{"a":"1","self":{"dir":{},"x":"1"},"z":"2"}""");
        snapshot.Body("10.0.0.1", "/", BodyFormat.Text).Should().Be("/a\t1\n/self/x\t1\n/z\t2\n");
        snapshot.Body("10.0.0.1", "/", BodyFormat.Yaml).Should().Be("a: \"1\"\nself:\n  dir: {}\n  x: \"1\"\nz: \"2\"\n");
    }

    [Fact]
    public void A_key_named_self_shows_to_a_caller_without_a_mapping() =>
        Snapshots.Of("""{"self":"shown"}""", rules: """{"10.0.0.1":[{"path":"/","mode":1}]}""")
            .Body("10.0.0.1", "/").Should().Be("""{"self":"shown"}""");

    [Fact]
    public void A_mapped_directory_that_shows_nothing_is_an_empty_object()
    {
        var snapshot = Snapshots.Of(
            """{"d":{"k":"v"}}""", """{"10.0.0.1":{"x":"/d"}}""", """{"10.0.0.1":[{"path":"/d","mode":0},{"path":"/d/none","mode":1}]}""");

        snapshot.Body("10.0.0.1", "/self").Should().Be("""{"x":{}}""");
        snapshot.Body("10.0.0.1", "/self", BodyFormat.Yaml).Should().Be("x: {}\n");
        snapshot.Body("10.0.0.1", "/self", BodyFormat.Text).Should().BeEmpty();
    }

    [Theory]
    [InlineData(BodyFormat.Text, "Not found\n")]
    [InlineData(BodyFormat.Json, "{\"code\":404,\"message\":\"Not found\",\"type\":\"ERROR\"}\n")]
    [InlineData(BodyFormat.Yaml, "code: 404\nmessage: Not found\ntype: ERROR\n\n")]
    public void An_error_has_three_forms(BodyFormat format, string expected)
    {
        var buffer = new ByteBuffer();

        StatusFormat.WriteError(buffer, 404, "Not found", format);

        Encoding.UTF8.GetString(buffer.Written).Should().Be(expected);
    }

    [Theory]
    [InlineData(BodyFormat.Text, "OK")]
    [InlineData(BodyFormat.Json, "{\"code\":200,\"type\":\"OK\"}")]
    [InlineData(BodyFormat.Yaml, "code: 200\ntype: OK\n")]
    public void A_write_that_was_done_has_three_forms(BodyFormat format, string expected)
    {
        var buffer = new ByteBuffer();

        StatusFormat.WriteDone(buffer, format);

        Encoding.UTF8.GetString(buffer.Written).Should().Be(expected);
    }

    private static string Text(MetadataTree tree) => Snapshots.Body(Snapshots.Everything(tree.Root), BodyFormat.Text);

    private static Model.Views.View Leaf(string value) =>
        Snapshots.Everything(Snapshots.Tree(("/k", value)).Root.Children.Find("k"u8)!);
}
