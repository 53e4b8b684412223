using System.Text;
using Sync.Store.Hosting.Authorities;

namespace Sync.Store.Tests.Hosting.Authorities;

public class HeaderBlockTests
{
    // The codes of RFC 7541, appendix B, for the characters of these tests.
    private static readonly Dictionary<char, string> Codes = new()
    {
        ['h'] = "100111",
        ['t'] = "01001",
        ['p'] = "101011",
        ['s'] = "01000",
        [':'] = "1011100",
        ['/'] = "011000",
        ['x'] = "1111001",
        ['-'] = "010110",
        ['.'] = "010111",
        ['0'] = "00000",
        ['1'] = "00001",
        ['2'] = "00010",
        ['7'] = "011101",
        ['3'] = "011001",
        ['9'] = "011111",
        ['a'] = "00011",
    };

    [Theory]
    [InlineData("http://127.0.0.1:2379", "httpx--127.0.0.1:2379")]
    [InlineData("https://127.0.0.1:2379", "httpsx--127.0.0.1:2379")]
    [InlineData("127.0.0.1:2379", "127.0.0.1:2379")]
    [InlineData("http:", "http:")]
    [InlineData("", "")]
    public void A_url_becomes_a_host_of_the_same_length_and_a_host_stays(string authority, string mended)
    {
        foreach (var encode in new Func<string, byte[]>[] { Raw, Huffman })
        {
            // Method POST, scheme http, a table size, a literal of another name, the authority, a literal behind it.
            byte[] Block(string value) =>
                [0x83, 0x86, 0x3f, 0x11, 0x44, .. Raw("/etcd"), 0x41, .. encode(value), 0x40, .. Raw("te"), .. Raw("http://")];
            var block = Block(authority);

            HeaderBlock.MendAuthority(block);

            block.Should().Equal(Block(mended));
        }
    }

    [Fact]
    public void Bytes_of_any_form_are_survived()
    {
        var random = new Random(1);
        for (var round = 0; round < 50_000; round++)
        {
            var block = new byte[random.Next(60)];
            random.NextBytes(block);
            var before = block.Length;

            HeaderBlock.MendAuthority(block);

            block.Should().HaveCount(before);
        }
    }

    private static byte[] Raw(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Huffman(string text)
    {
        var bits = string.Concat(text.Select(character => Codes[character]));
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '1');
        var bytes = bits.Chunk(8).Select(eight => Convert.ToByte(new string(eight), 2)).ToArray();
        return [(byte)(0x80 | bytes.Length), .. bytes];
    }
}
