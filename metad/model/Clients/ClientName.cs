using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Sync.Metad.Model.Clients;

/// <summary>
/// A name that a caller goes by beside or instead of an address: the kernel, a container runtime or a trusted proxy
/// vouches for it, never the caller.
/// </summary>
/// <remarks>
/// <code>
/// uid:1000                              the user of the process at the other end of a Unix socket
/// pid:4711@8232                         that process; behind the sign its start, in ticks since the machine's
/// cgroup:%2Fsystem.slice%2Fweb.service  its control group
/// container:&lt;64 hexadecimal digits&gt;     its container, or the one that owns an address
/// container-name:web                    that container's name
/// pod:default:web-0                     namespace and name of the pod that owns an address
/// id:web-1                              what a proxy says and signs
/// </code>
/// The text is a segment of a path and an entry of a list of hosts, so every byte of a value other than letters,
/// digits and <c>._:@-</c> is escaped in it as <c>%2F</c>.
/// </remarks>
public readonly record struct ClientName
{
    /// <summary>The most bytes that a value may have; the kernel's limit of a path.</summary>
    public const int ValueBytesMax = 4096;

    private const string ContainerKind = "container";
    private const int ContainerDigits = 64;

    private readonly string? _text;

    private ClientName(string text) => _text = text;

    /// <summary>The canonical text, as mappings and rules are stored by it.</summary>
    public string Text => _text ?? "";

    /// <summary>States that the name is its holder's alone, and that the holder can not make itself more of them.</summary>
    public bool IsOwn => HasKind(ContainerKind) || HasKind("pod") || HasKind("id");

    /// <summary>The 64 digits of a container; null when the name is of another kind.</summary>
    public string? ContainerId => HasKind(ContainerKind) ? Text[(ContainerKind.Length + 1)..] : null;

    /// <summary>The user of a process.</summary>
    /// <param name="user">The kernel's number.</param>
    public static ClientName OfUser(uint user) => new(string.Create(CultureInfo.InvariantCulture, $"uid:{user}"));

    /// <summary>One process, told from a later one of the same number by its start.</summary>
    /// <param name="process">The kernel's number.</param>
    /// <param name="startTicks">Its start in clock ticks since the machine's, from <c>/proc</c>.</param>
    public static ClientName OfProcess(int process, long startTicks) =>
        new(string.Create(CultureInfo.InvariantCulture, $"pid:{process}@{startTicks}"));

    /// <summary>A control group.</summary>
    /// <param name="path">The absolute path in its hierarchy.</param>
    public static ClientName OfControlGroup(string path) => new("cgroup:" + Escape(path));

    /// <summary>A container.</summary>
    /// <param name="id">Its 64 hexadecimal digits in lower case.</param>
    public static ClientName OfContainer(string id) => new($"{ContainerKind}:{id}");

    /// <summary>A container by its name.</summary>
    /// <param name="name">The runtime's name for it, without a leading slash.</param>
    public static ClientName OfContainerName(string name) => new("container-name:" + Escape(name));

    /// <summary>A pod.</summary>
    /// <param name="space">Its namespace.</param>
    /// <param name="name">Its name.</param>
    public static ClientName OfPod(string space, string name) => new($"pod:{Escape(space)}:{Escape(name)}");

    /// <summary>A name that a proxy vouches for.</summary>
    /// <param name="id">Any text that is not empty.</param>
    public static ClientName OfId(string id) => new("id:" + Escape(id));

    /// <summary>Reads a name; escapes may be left out.</summary>
    /// <param name="text">A kind, a colon and a value, such as <c>cgroup:/system.slice/web.service</c>.</param>
    /// <param name="name">The name with its canonical text.</param>
    /// <returns>False when the text has no kind that is known, or a value that its kind cannot have.</returns>
    public static bool TryParse(string text, out ClientName name)
    {
        name = default;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !TryUnescape(text[(colon + 1)..], out var value))
        {
            return false;
        }

        var kind = text[..colon];
        name = new($"{kind}:{Escape(value)}");
        return kind switch
        {
            "uid" => IsNumber(value, uint.MaxValue),
            "pid" => value.Split('@') is [var process, var start]
                && IsNumber(process, int.MaxValue) && IsNumber(start, long.MaxValue),
            "cgroup" => value.StartsWith('/'),
            ContainerKind => value.Length == ContainerDigits && value.All(char.IsAsciiHexDigitLower),
            "pod" => value.Split(':') is [{ Length: > 0 }, { Length: > 0 }],
            "container-name" or "id" => value.Length > 0,
            _ => false,
        };
    }

    /// <summary>The canonical text.</summary>
    public override string ToString() => Text;

    private bool HasKind(string kind) =>
        Text.Length > kind.Length && Text[kind.Length] == ':' && Text.StartsWith(kind, StringComparison.Ordinal);

    private static bool IsNumber(string text, long most) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number <= most && (text.Length == 1 || text[0] != '0');

    private static string Escape(string value)
    {
        var text = new StringBuilder(value.Length);
        foreach (var part in Encoding.UTF8.GetBytes(value))
        {
            _ = char.IsAsciiLetterOrDigit((char)part) || "._:@-".Contains((char)part, StringComparison.Ordinal)
                ? text.Append((char)part)
                : text.Append('%').Append(part.ToString("X2", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    private static bool TryUnescape(string text, [NotNullWhen(true)] out string? value)
    {
        value = null;
        var bytes = new List<byte>(text.Length);
        var source = Encoding.UTF8.GetBytes(text);
        for (var at = 0; at < source.Length; at++)
        {
            if (source[at] != '%')
            {
                bytes.Add(source[at]);
                continue;
            }

            if (at + 2 >= source.Length || !byte.TryParse(
                source.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var part))
            {
                return false;
            }

            bytes.Add(part);
            at += 2;
        }

        value = Encoding.UTF8.GetString([.. bytes]);
        return bytes.Count <= ValueBytesMax && !value.Contains('\uFFFD', StringComparison.Ordinal);
    }
}
