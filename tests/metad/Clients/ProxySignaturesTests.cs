using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Sync.Metad.Clients;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Clients;

/// <summary>Proxies that sign whom they speak for.</summary>
public sealed class ProxySignaturesTests : IDisposable
{
    private const string Secret = "a-secret-of-the-proxy";

    private readonly TempDirectory _folder = new();
    private readonly FakeTimeProvider _time = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ProxySignatures _signatures;

    public ProxySignaturesTests() => _signatures = new(
        Secrets.Open(Secrets.Write(_folder, "proxies", $"# of two proxies\nanother-secret-of-16\n{Secret}\n")),
        TimeSpan.FromSeconds(30),
        _time);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("10.0.0.7", "10.0.0.7")]
    [InlineData("::ffff:10.0.0.7", "10.0.0.7")]
    [InlineData("id:web-1", "id:web-1")]
    [InlineData("pod:default:web-0", "pod:default:web-0")]
    [InlineData("web-1", "malformed")]
    [InlineData("10.0.0.7/x", "malformed")]
    public void Whom_a_good_signature_names_is_the_caller(string identity, string expected) =>
        Check(identity, Sign(identity)).Should().Be(expected);

    [Fact]
    public void A_signature_counts_once()
    {
        var signature = Sign("10.0.0.7");

        Check("10.0.0.7", signature).Should().Be("10.0.0.7");
        Check("10.0.0.7", signature).Should().Be("the signature was used before");
        Check("10.0.0.7", Sign("10.0.0.7", nonce: "2")).Should().Be("10.0.0.7");
    }

    [Theory]
    [InlineData(-31)]
    [InlineData(31)]
    public void A_signature_of_another_time_is_refused(int seconds) =>
        Check("10.0.0.7", Sign("10.0.0.7", seconds: seconds)).Should().Be("the signature is of another time");

    [Theory]
    [InlineData(-30)]
    [InlineData(30)]
    public void A_signature_at_the_limit_of_its_time_counts_and_cannot_be_repeated_later(int seconds)
    {
        var signature = Sign("10.0.0.7", seconds: seconds);
        Check("10.0.0.7", signature).Should().Be("10.0.0.7");

        _time.Advance(TimeSpan.FromSeconds(Math.Max(0, seconds)));
        Check("10.0.0.7", signature).Should().Be("the signature was used before");
        _time.Advance(TimeSpan.FromSeconds(31));
        Check("10.0.0.7", signature).Should().Be("the signature is of another time");
    }

    [Fact]
    public void A_signature_is_for_one_request()
    {
        Check("10.0.0.8", Sign("10.0.0.7")).Should().Be("the signature is wrong");
        Check("10.0.0.7", Sign("10.0.0.7", target: "/other")).Should().Be("the signature is wrong");
        Check("10.0.0.7", Sign("10.0.0.7", method: "HEAD")).Should().Be("the signature is wrong");
        Check("10.0.0.7", Sign("10.0.0.7", secret: "a-secret-of-nobody")).Should().Be("the signature is wrong");
    }

    [Theory]
    [InlineData("")]
    [InlineData("t=1,n=a")]
    [InlineData("t=1,n=a,v1=00")]
    [InlineData("t=-1,n=a,v1=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("t=99999999999999,n=a,v1=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("t=1,n=,v1=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("t=1,n=a b,v1=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("t=1,n=a,v1=zz00000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("t=1,n=a,v1=0000000000000000000000000000000000000000000000000000000000000000,x=1")]
    public void What_is_no_signature_is_refused(string signature) =>
        Check("10.0.0.7", signature).Should().Be("the signature cannot be read");

    [Fact]
    public void Room_for_signatures_is_bounded_and_comes_back_with_time()
    {
        for (var number = 0; number < 100_000; number++)
        {
            Check("10.0.0.7", Sign("10.0.0.7", nonce: number.ToString(CultureInfo.InvariantCulture)));
        }

        Check("10.0.0.7", Sign("10.0.0.7", nonce: "more")).Should().Be("the signature was used before", "nothing is believed");
        _time.Advance(TimeSpan.FromSeconds(61));
        Check("10.0.0.7", Sign("10.0.0.7", nonce: "more")).Should().Be("10.0.0.7");
    }

    private string Check(string identity, string signature) =>
        _signatures.Check("GET", "/self", identity, signature) switch
        {
            Caller.Known known => known.Client.ToString(),
            Caller.Forged forged => forged.Problem,
            _ => "malformed",
        };

    private string Sign(
        string identity,
        string nonce = "1",
        int seconds = 0,
        string method = "GET",
        string target = "/self",
        string secret = Secret)
    {
        var time = _time.GetUtcNow().ToUnixTimeSeconds() + seconds;
        var message = $"metad-v1\n{time}\n{nonce}\n{method}\n{target}\n{identity}";
        var code = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(message));
        return $"t={time},n={nonce},v1={Convert.ToHexString(code)}";
    }
}
