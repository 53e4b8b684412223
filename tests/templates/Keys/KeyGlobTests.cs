using System.Text;
using CsCheck;
using Sync.Templates.Keys;

namespace Sync.Templates.Tests.Keys;

public sealed class KeyGlobTests
{
    [Theory]
    [InlineData("/a/*", "/a/b", true)]
    [InlineData("/a/*", "/a/", true)]
    [InlineData("/a/*", "/a/b/c", false)]
    [InlineData("/a*", "/a/b", false)]
    [InlineData("/a/**", "/a/b/c", false)]
    [InlineData("/a?c", "/abc", true)]
    [InlineData("/a?c", "/a/c", false)]
    [InlineData("/a?c", "/aéc", true)]
    [InlineData("/[a-c]x", "/bx", true)]
    [InlineData("/[^a-c]x", "/bx", false)]
    [InlineData("/[!b]x", "/!x", true)]
    [InlineData("/a[.-0]b", "/a/b", true)]
    [InlineData("/\\*", "/*", true)]
    [InlineData("/{a,b}", "/a", false)]
    public void Patterns_match_as_in_Go(string pattern, string text, bool expected)
    {
        KeyGlob.IsMatch(Encoding.UTF8.GetBytes(pattern), Encoding.UTF8.GetBytes(text)).Should().Be(expected);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("[]")]
    [InlineData("[^]")]
    [InlineData("[a")]
    [InlineData("[a-]")]
    [InlineData("[-]")]
    [InlineData("[]a]")]
    [InlineData("\\")]
    public void Malformed_patterns_are_refused(string pattern)
    {
        KeyGlob.IsValid(Encoding.UTF8.GetBytes(pattern)).Should().BeFalse();
    }

    [Fact]
    public void Matching_equals_the_naive_definition()
    {
        var letters = Gen.Char["ab/*?"];
        var texts = Gen.Char["ab/"];

        Gen.Select(Gen.String[letters, 0, 8], Gen.String[texts, 0, 8]).Sample((pattern, text) =>
            KeyGlob.IsMatch(Encoding.UTF8.GetBytes(pattern), Encoding.UTF8.GetBytes(text)) == Naive(pattern, text),
            iter: 20_000);
    }

    private static bool Naive(string pattern, string text) => pattern switch
    {
        "" => text.Length == 0,
        ['*', .. var rest] => Naive(rest, text) || (text.Length > 0 && text[0] != '/' && Naive(pattern, text[1..])),
        ['?', .. var rest] => text.Length > 0 && text[0] != '/' && Naive(rest, text[1..]),
        _ => text.Length > 0 && text[0] == pattern[0] && Naive(pattern[1..], text[1..]),
    };
}
