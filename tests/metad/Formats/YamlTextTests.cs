using System.Text;
using CsCheck;
using Sync.Metad.Model.Formats;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sync.Metad.Tests.Formats;

/// <summary>YAML strings stay strings for readers of YAML 1.1 and 1.2.</summary>
public sealed class YamlTextTests
{
    private static readonly Gen<string> Name = Gen.String[Gen.OneOf("0129ab-_Z".ToCharArray()), 0, 5];

    [Theory]
    [InlineData("node1", "node1\n")]
    [InlineData("192.168.1.1", "192.168.1.1\n")]
    [InlineData("http://host:80/x?y", "http://host:80/x?y\n")]
    [InlineData("two words", "two words\n")]
    [InlineData("", "\"\"\n")]
    [InlineData("3", "\"3\"\n")]
    [InlineData("-1.5", "\"-1.5\"\n")]
    [InlineData("1e3", "\"1e3\"\n")]
    [InlineData(".5", "\".5\"\n")]
    [InlineData("0x1F", "\"0x1F\"\n")]
    [InlineData("0o17", "\"0o17\"\n")]
    [InlineData("010", "\"010\"\n")]
    [InlineData("1_000", "\"1_000\"\n")]
    [InlineData(".inf", "\".inf\"\n")]
    [InlineData("-.Inf", "\"-.Inf\"\n")]
    [InlineData(".NaN", "\".NaN\"\n")]
    [InlineData("190:20:30", "\"190:20:30\"\n")]
    [InlineData("52:54:00:12:34:56", "\"52:54:00:12:34:56\"\n")]
    [InlineData("2001-01-01", "\"2001-01-01\"\n")]
    [InlineData("2001-12-14t21:59:43.10-05:00", "\"2001-12-14t21:59:43.10-05:00\"\n")]
    [InlineData("true", "\"true\"\n")]
    [InlineData("No", "\"No\"\n")]
    [InlineData("y", "\"y\"\n")]
    [InlineData("N", "\"N\"\n")]
    [InlineData("on", "\"on\"\n")]
    [InlineData("OFF", "\"OFF\"\n")]
    [InlineData("null", "\"null\"\n")]
    [InlineData("~", "\"~\"\n")]
    [InlineData("<<", "\"<<\"\n")]
    [InlineData("=", "\"=\"\n")]
    [InlineData("a: b", "'a: b'\n")]
    [InlineData("it's: so", "'it''s: so'\n")]
    [InlineData("- x", "'- x'\n")]
    [InlineData("@home", "'@home'\n")]
    [InlineData("a #b", "'a #b'\n")]
    [InlineData(" lead", "' lead'\n")]
    [InlineData("trail ", "'trail '\n")]
    [InlineData("tab\there", "\"tab\\there\"\n")]
    [InlineData("a\nb", "|-\n  a\n  b\n")]
    [InlineData("a\nb\n", "|\n  a\n  b\n")]
    [InlineData("a\n\n", "|+\n  a\n\n")]
    [InlineData(" a\nb", "|2-\n   a\n  b\n")]
    [InlineData("a \nb", "\"a \\nb\"\n")]
    [InlineData("\n", "\"\\n\"\n")]
    public void A_value_is_spelled_so_that_it_reads_as_a_string(string value, string expected) =>
        Spelled(value).Should().Be(expected);

    [Fact]
    public void Any_text_reads_back_as_it_was() =>
        Gen.String[Gen.OneOf<char>(
            Gen.OneOf(" :#-?&*!|>'\"%@`{}[],\n\t\r~=<.0123456789aeExXoOyYnN_+".ToCharArray()),
            Gen.Char['\u0000', '\uD7FF']), 0, 12].Sample(
            text => ReadBack($"k: {Spelled(text)}next: 1\n", "k") == text, iter: 30_000);

    [Fact]
    public void Any_text_reads_back_as_a_name() =>
        Gen.String[Gen.OneOf(" :#-?&*!|>'\"%@`{}[],\n\t~=<.019aeyN_+é".ToCharArray()), 1, 8].Sample(text =>
        {
            var buffer = new ByteBuffer();
            YamlText.WriteName(buffer, Encoding.UTF8.GetBytes(text));
            return ReadBack($"{Encoding.UTF8.GetString(buffer.Written)}: v\n", text) == "v";
        }, iter: 20_000);

    [Theory]
    [InlineData("_u,1,2,10,B,a,a-b,a2,a10")]
    [InlineData("a01b,a1b,a1c")]
    [InlineData("-,0,1-,9,10,11,102,x")]
    [InlineData("i-2,i-10,i-abc")]
    public void Names_stand_in_natural_order(string ordered)
    {
        var names = ordered.Split(',');

        names.Reverse().Order(Comparer<string>.Create(NaturalOrder.Compare)).Should().Equal(names);
    }

    [Fact]
    public void The_natural_order_is_an_order() =>
        Gen.Select(Name, Name, Name).Sample((a, b, c) =>
            Math.Sign(NaturalOrder.Compare(a, b)) == -Math.Sign(NaturalOrder.Compare(b, a))
            && (NaturalOrder.Compare(a, b) != 0 || a == b)
            && (NaturalOrder.Compare(a, b) > 0 || NaturalOrder.Compare(b, c) > 0 || NaturalOrder.Compare(a, c) <= 0),
            iter: 20_000);

    private static string Spelled(string value)
    {
        var buffer = new ByteBuffer();
        YamlText.WriteValue(buffer, Encoding.UTF8.GetBytes(value), indent: 2);
        return Encoding.UTF8.GetString(buffer.Written);
    }

    private static string? ReadBack(string yaml, string name)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var value = (YamlScalarNode)((YamlMappingNode)stream.Documents[0].RootNode).Children[new YamlScalarNode(name)];
        return value.Style == ScalarStyle.Plain && YamlText.ReadsAsOther(value.Value!) ? null : value.Value;
    }
}
