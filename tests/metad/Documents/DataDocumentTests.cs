using System.Text;
using Sync.Metad.Model.Documents;

namespace Sync.Metad.Tests.Documents;

/// <summary>JSON on its way into the tree.</summary>
public sealed class DataDocumentTests
{
    [Theory]
    [InlineData("""{"a":"x"}""", "/a=x")]
    [InlineData("""{"a":true,"b":false}""", "/a=true;/b=false")]
    [InlineData("""{"a":9663676416}""", "/a=9663676416")]
    [InlineData("""{"a":1.1111111}""", "/a=1.1111111")]
    [InlineData("""{"a":1e21}""", "/a=1000000000000000000000")]
    [InlineData("""{"a":9007199254740993}""", "/a=9007199254740993")]
    [InlineData("""{"a":1.50,"b":1.0,"c":-0.5e1,"d":12e-3,"e":0.0,"f":-0}""", "/a=1.5;/b=1;/c=-5;/d=0.012;/e=0;/f=-0")]
    [InlineData("""{"a":null}""", "/a=")]
    [InlineData("""{"a":{},"b":[]}""", "")]
    [InlineData("""{"a":["x","y"]}""", "/a/0=x;/a/1=y")]
    [InlineData("""["x",{"k":"y"}]""", "/0=x;/1/k=y")]
    [InlineData("""{"a/b//c/":"x"}""", "/a/b/c=x")]
    [InlineData("""{"":"x"}""", "")]
    [InlineData("""{"":{"":"x"}}""", "")]
    [InlineData("""{"a":{"":"x"}}""", "/a=x")]
    [InlineData("""{"a":"1","a":"2"}""", "/a=2")]
    [InlineData("""{"a":{"b":"1"},"a":"2"}""", "/a=2")]
    [InlineData("""{"é":"\u00e9\ud83d\ude00"}""", "/é=é😀")]
    public void A_container_becomes_values_by_path(string json, string expected)
    {
        var document = (DataDocument.Container)Snapshots.Require(DataDocument.Read(Snapshots.Bytes(json)));

        string.Join(';', document.Values.Select(value => $"{value.Key}={Encoding.UTF8.GetString(value.Value)}"))
            .Should().Be(expected);
    }

    [Theory]
    [InlineData("\"x\"", "x")]
    [InlineData("9663676416", "9663676416")]
    [InlineData("true", "true")]
    [InlineData("null", "")]
    public void A_scalar_is_its_text(string json, string expected)
    {
        var document = (DataDocument.Scalar)Snapshots.Require(DataDocument.Read(Snapshots.Bytes(json)));

        Encoding.UTF8.GetString(document.Value).Should().Be(expected);
    }

    [Theory]
    [InlineData("", "invalid json format, error:EOF")]
    [InlineData("  ", "invalid json format, error:EOF")]
    [InlineData("{", "invalid json format, error:")]
    [InlineData("nope", "invalid json format, error:")]
    [InlineData("{} x", "invalid json format, error:")]
    [InlineData("""{"a":1e999999}""", "invalid json format, error:")]
    [InlineData("""{"a":"\ud800"}""", "invalid json format, error:")]
    [InlineData("""{"..":{"x":"1"}}""", "a key must not have . or ..")]
    [InlineData("""{"a":{"./b":"1"}}""", "a key must not have . or ..")]
    public void What_cannot_be_stored_is_refused_with_a_sentence(string json, string start) =>
        DataDocument.Read(Snapshots.Bytes(json)).Problem.Should().StartWith(start);

    [Fact]
    public void A_path_of_too_many_levels_is_refused() =>
        DataDocument.Read(Snapshots.Bytes($$"""{"{{string.Concat(Enumerable.Repeat("a/", 300))}}":"x"}"""))
            .Problem.Should().Contain("256");
}
