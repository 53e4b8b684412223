using CsCheck;
using Sync.Metad.Model.Clients;

namespace Sync.Metad.Tests.Clients;

/// <summary>Names of callers that are no addresses, and the one text of each.</summary>
public sealed class ClientNameTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("uid:0", "uid:0")]
    [InlineData("uid:4294967295", "uid:4294967295")]
    [InlineData("pid:4711@8232", "pid:4711@8232")]
    [InlineData("cgroup:/system.slice/web.service", "cgroup:%2Fsystem.slice%2Fweb.service")]
    [InlineData("cgroup:%2fsystem.slice%2Fweb.service", "cgroup:%2Fsystem.slice%2Fweb.service")]
    [InlineData("cgroup:/a,b c", "cgroup:%2Fa%2Cb%20c")]
    [InlineData("cgroup:/é", "cgroup:%2F%C3%A9")]
    [InlineData("cgroup:/100%25", "cgroup:%2F100%25")]
    [InlineData("container:" + Id, "container:" + Id)]
    [InlineData("container-name:web_1.a-b", "container-name:web_1.a-b")]
    [InlineData("pod:default:web-0", "pod:default:web-0")]
    [InlineData("id:web-1", "id:web-1")]
    public void A_name_has_one_text(string text, string expected)
    {
        ClientName.TryParse(text, out var name).Should().BeTrue();

        name.Text.Should().Be(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("uid:")]
    [InlineData("uid:-1")]
    [InlineData("uid:01")]
    [InlineData("uid:0x10")]
    [InlineData("uid:4294967296")]
    [InlineData("UID:0")]
    [InlineData("pid:4711")]
    [InlineData("pid:1@2@3")]
    [InlineData("cgroup:")]
    [InlineData("cgroup:web.service")]
    [InlineData("cgroup:/a%")]
    [InlineData("cgroup:/a%zz")]
    [InlineData("cgroup:/%FF")]
    [InlineData("container:abc")]
    [InlineData("container:" + Id + "0")]
    [InlineData("container:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("container-name:")]
    [InlineData("pod:default")]
    [InlineData("pod::web")]
    [InlineData("pod:a:b:c")]
    [InlineData("id:")]
    [InlineData("gid:0")]
    [InlineData("10.0.0.1")]
    public void Anything_else_is_no_name(string text) => ClientName.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void Every_control_group_reads_back_from_its_text() => Gen.String.Select(text => "/" + text).Sample(path =>
    {
        var name = ClientName.OfControlGroup(path);
        return name.Text.All(character => character is > ' ' and < '\u007f' and not '/' and not ',')
            && (path.Contains('\uFFFD', StringComparison.Ordinal) || path.Any(char.IsSurrogate)
                || (ClientName.TryParse(name.Text, out var again) && again == name));
    });

    [Fact]
    public void Two_paths_never_share_a_text() => Gen.Select(Path, Path).Sample((left, right) =>
        (left == right) == (ClientName.OfControlGroup(left) == ClientName.OfControlGroup(right)));

    private static Gen<string> Path => Gen.Char["/%:2Fab"].Array[0, 6].Select(characters => "/" + new string(characters));
}
