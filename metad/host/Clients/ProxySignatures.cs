using System.Globalization;
using System.Text;
using Sync.Metad.Files;
using Sync.Metad.Model.Clients;

namespace Sync.Metad.Clients;

/// <summary>
/// Believes a proxy that signs whom it speaks for, wherever it connects from. Each signature counts once, for one
/// request, within a short time.
/// </summary>
/// <remarks>
/// <code>
/// X-Metad-Identity: 10.0.0.7
/// X-Metad-Signature: t=1732871045,n=5f2c9a,v1=&lt;64 hexadecimal digits&gt;
/// </code>
/// <c>t</c> is the time in seconds since 1970, <c>n</c> any text of 1 to 64 letters and digits that the proxy uses once,
/// <c>v1</c> HMAC-SHA256 with the shared secret over <c>metad-v1</c>, <c>t</c>, <c>n</c>, the method, the target of the
/// request line as it is sent, and the identity, joined by line feeds. The identity is an address or a name.
/// Signatures that were seen are remembered until they are too old; there is room for 100,000, and without room none
/// is believed. Another replica does not know them.
/// </remarks>
internal sealed class ProxySignatures
{
    /// <summary>Whom the proxy speaks for.</summary>
    public const string IdentityHeader = "X-Metad-Identity";

    /// <summary>What proves it.</summary>
    public const string SignatureHeader = "X-Metad-Signature";

    private const int SeenMax = 100_000;
    private const int NonceLengthMax = 64;

    private readonly ReloadedFiles<SecretList> _secrets;
    private readonly TimeSpan _age;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();

    // The seen ones in the order in which they become too old.
    private readonly PriorityQueue<string, DateTimeOffset> _ages = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>Creates one that has seen nothing.</summary>
    /// <param name="secrets">The shared secrets.</param>
    /// <param name="age">How far the time of a signature may be from now, both ways.</param>
    /// <param name="time">The clock.</param>
    public ProxySignatures(ReloadedFiles<SecretList> secrets, TimeSpan age, TimeProvider time)
    {
        _secrets = secrets;
        _age = age;
        _time = time;
    }

    /// <summary>Checks what a request shows, and spends it.</summary>
    /// <param name="method">The request's method.</param>
    /// <param name="rawTarget">The target of the request line as it was sent.</param>
    /// <param name="identity">The value of <see cref="IdentityHeader"/>.</param>
    /// <param name="signature">The value of <see cref="SignatureHeader"/>.</param>
    public Caller Check(string method, string rawTarget, string identity, string signature)
    {
        if (!TryRead(signature, out var seconds, out var nonce, out var code))
        {
            return new Caller.Forged("the signature cannot be read");
        }

        var message = string.Create(
            CultureInfo.InvariantCulture, $"metad-v1\n{seconds}\n{nonce}\n{method}\n{rawTarget}\n{identity}");
        if (!_secrets.Current.HasSigned(Encoding.UTF8.GetBytes(message), code))
        {
            return new Caller.Forged("the signature is wrong");
        }

        var time = DateTimeOffset.FromUnixTimeSeconds(seconds);
        if ((_time.GetUtcNow() - time).Duration() > _age)
        {
            return new Caller.Forged("the signature is of another time");
        }

        if (!TrySpend(Convert.ToHexString(code), time + _age))
        {
            return new Caller.Forged("the signature was used before");
        }

        return ClientAddress.TryParse(identity, out var address) ? new Caller.Known(new(address))
            : ClientName.TryParse(identity, out var name) ? new Caller.Known(new(null, [name]))
            : new Caller.Malformed();
    }

    private bool TrySpend(string code, DateTimeOffset until)
    {
        var now = _time.GetUtcNow();
        lock (_lock)
        {
            while (_ages.TryPeek(out var oldest, out var end) && end < now)
            {
                _ages.Dequeue();
                _seen.Remove(oldest);
            }

            if (_seen.Count >= SeenMax || !_seen.Add(code))
            {
                return false;
            }

            _ages.Enqueue(code, until);
            return true;
        }
    }

    private static bool TryRead(string text, out long seconds, out string nonce, out byte[] code)
    {
        (seconds, nonce, code) = (0, "", []);
        if (text.Split(',', StringSplitOptions.TrimEntries) is not
            [['t', '=', .. var time], ['n', '=', .. var once], ['v', '1', '=', .. var digits]])
        {
            return false;
        }

        nonce = once;
        return long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out seconds)
            && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            && once.Length is > 0 and <= NonceLengthMax && once.All(char.IsAsciiLetterOrDigit)
            && digits.Length == 64 && digits.All(char.IsAsciiHexDigit)
            && (code = Convert.FromHexString(digits)).Length > 0;
    }
}
