using System.Text;
using CsCheck;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Tests.Paths;

public sealed class PathTests
{
    [Theory]
    [InlineData("/", "/", "")]
    [InlineData("/nodes/1", "/nodes/1", "")]
    [InlineData("/nodes/1/", "/nodes/1", "")]
    [InlineData("/nodes%2F1%2fname", "/nodes/1/name", "")]
    [InlineData("/a%3Fb%23c%25d?wait=true", "/a?b#c%d", "wait=true")]
    [InlineData("/%252e%252e/x", "/%2e%2e/x", "")]
    [InlineData("/a;b\\c", "/a;b\\c", "")]
    [InlineData("/.../..x", "/.../..x", "")]
    [InlineData("/n%C3%A9", "/né", "")]
    [InlineData("/né", "/né", "")]
    [InlineData("http://host:80/nodes/1?q", "/nodes/1", "q")]
    [InlineData("http://host", "/", "")]
    [InlineData("http://host?q=1", "/", "q=1")]
    [InlineData("/a?x=//../", "/a", "x=//../")]
    public void A_target_is_decoded_once(string target, string path, string query) =>
        RequestTarget.Decode(target).Should().Be(new RequestTarget.Resolved(MetadataPath.Split(path), query));

    [Theory]
    [InlineData("//", "/")]
    [InlineData("/nodes//1", "/nodes/1")]
    [InlineData("/nodes/./1", "/nodes/1")]
    [InlineData("/nodes/../nodes/1?a=b", "/nodes/1?a=b")]
    [InlineData("/nodes/1/..", "/nodes")]
    [InlineData("/nodes/1/../", "/nodes/")]
    [InlineData("/%2e%2e/nodes", "/nodes")]
    [InlineData("/..%2fnodes/", "/nodes/")]
    [InlineData("/../../..", "/")]
    [InlineData("/a//b%20c%3F", "/a/b%20c%3F")]
    [InlineData("//x?", "/x?")]
    public void A_path_in_need_of_cleaning_is_redirected(string target, string location) =>
        RequestTarget.Decode(target).Should().Be(new RequestTarget.Redirected(location));

    [Theory]
    [InlineData("/a%")]
    [InlineData("/a%4")]
    [InlineData("/a%zz")]
    [InlineData("*")]
    [InlineData("nodes/1")]
    public void A_broken_target_is_told_as_such(string target) =>
        RequestTarget.Decode(target).Should().BeOfType<RequestTarget.Malformed>();

    [Fact]
    public void Following_redirects_ends_at_a_path_without_dots_and_empty_names() =>
        Gen.String[Gen.OneOf("/.%2eEfFa;\\?".ToCharArray()), 0, 14].Sample(text =>
        {
            var target = RequestTarget.Decode("/" + text);
            for (var hops = 0; target is RequestTarget.Redirected redirected; hops++)
            {
                if (hops == 1)
                {
                    return false;
                }

                target = RequestTarget.Decode(redirected.Location);
            }

            return target is RequestTarget.Malformed || !((RequestTarget.Resolved)target).Path.HasDotSegment;
        }, iter: 30_000);

    [Theory]
    [InlineData("/nodes/1/", "/nodes/1")]
    [InlineData("/nodes/1/../2", "/nodes/2")]
    [InlineData("/../x", "/x")]
    [InlineData("/a/..", "/")]
    [InlineData("//a/./b//", "/a/b")]
    public void A_target_of_a_mapping_is_cleaned(string target, string expected) =>
        MetadataPath.Clean(Encoding.UTF8.GetBytes(target)).ToString().Should().Be(expected);

    [Fact]
    public void Paths_are_ordered_segment_by_segment()
    {
        string[] ordered = ["/a", "/a/b", "/a/b/c", "/a/b!", "/a!", "/a-b/c", "/a.b", "/b"];

        ordered.Reverse().Select(MetadataPath.Split).Order().Select(path => path.ToString()).Should().Equal(ordered);
    }
}
