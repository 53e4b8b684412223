using System.Globalization;
using System.Net;

namespace Sync.Metad.Options;

/// <summary>Where to listen.</summary>
/// <param name="Host">An address; null is every address of the machine, both families.</param>
/// <param name="Port">The port; 0 lets the kernel choose.</param>
internal sealed record ListenAddress(IPAddress? Host, int Port)
{
    /// <summary>Reads an address.</summary>
    /// <param name="text"><c>:80</c>, <c>127.0.0.1:9611</c>, <c>[::1]:80</c> or <c>localhost:80</c>.</param>
    /// <exception cref="FormatException">The text is none of these; the message says what is wanted.</exception>
    public static ListenAddress Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        var isPort = ushort.TryParse(
            text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port);
        if (colon < 0 || !isPort)
        {
            throw Wrong(text);
        }

        var host = text[..colon];
        return host switch
        {
            "" => new(null, port),
            "localhost" => new(IPAddress.Loopback, port),
            ['[', .. var inner, ']'] when IPAddress.TryParse(inner, out var address) => new(address, port),
            _ when !host.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(host, out var address) =>
                new(address, port),
            _ => throw Wrong(text),
        };
    }

    private static FormatException Wrong(string text) =>
        new($"\"{text}\" is no address to listen on: use :80, 127.0.0.1:80 or [::1]:80.");
}
