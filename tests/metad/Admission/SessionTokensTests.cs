using System.Text;
using Microsoft.Extensions.Time.Testing;
using Sync.Metad.Admission;
using Sync.Metad.Files;
using Sync.Metad.Model.Clients;

namespace Sync.Metad.Tests.Admission;

/// <summary>Tokens that prove a caller can write before it reads.</summary>
public sealed class SessionTokensTests
{
    private static readonly ClientIdentity Client = Snapshots.Client("10.0.0.1");

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_token_is_good_for_its_life_and_no_longer()
    {
        var tokens = Tokens("a-key-of-sixteen-bytes");
        var token = tokens.Issue(Client, TimeSpan.FromSeconds(60));

        _time.Advance(TimeSpan.FromSeconds(59));
        tokens.IsGood(token, Client).Should().BeTrue();

        _time.Advance(TimeSpan.FromSeconds(1));
        tokens.IsGood(token, Client).Should().BeFalse();
    }

    [Fact]
    public void A_token_is_its_callers_alone()
    {
        var tokens = Tokens("a-key-of-sixteen-bytes");

        tokens.IsGood(tokens.Issue(Client, TimeSpan.FromHours(1)), Snapshots.Client("10.0.0.2")).Should().BeFalse();
    }

    [Fact]
    public void No_byte_of_a_token_can_be_changed()
    {
        var tokens = Tokens("a-key-of-sixteen-bytes");
        var token = tokens.Issue(Client, TimeSpan.FromHours(1));

        for (var at = 0; at < token.Length - 1; at++)
        {
            var changed = new StringBuilder(token) { [at] = token[at] == 'A' ? 'B' : 'A' }.ToString();
            tokens.IsGood(changed, Client).Should().BeFalse($"character {at} differs");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("////////////////////////////////////////////////////==")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Junk_is_no_token(string token) => Tokens("a-key-of-sixteen-bytes").IsGood(token, Client).Should().BeFalse();

    [Fact]
    public void Replicas_that_share_a_key_take_each_others_tokens_and_old_keys_still_count()
    {
        var old = Tokens("the-old-key-of-them").Issue(Client, TimeSpan.FromHours(1));

        Tokens("the-new-key-of-them", "the-old-key-of-them").IsGood(old, Client).Should().BeTrue();
        Tokens("the-new-key-of-them").IsGood(old, Client).Should().BeFalse();
    }

    private SessionTokens Tokens(params string[] keys)
    {
        var list = new SecretList([.. keys.Select(Encoding.UTF8.GetBytes)]);
        return new(() => list, _time);
    }
}
