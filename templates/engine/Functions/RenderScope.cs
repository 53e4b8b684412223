using System.Text;
using Sync.Templates.Diagnostics;
using Sync.Templates.Formatting;
using Sync.Templates.Keys;
using Sync.Templates.Patterns;
using Sync.Templates.Values;

namespace Sync.Templates.Functions;

/// <summary>What functions share during one render: keys, the world outside, bounds, and what was read.</summary>
/// <param name="input">What the render works on.</param>
/// <param name="options">How it renders.</param>
/// <param name="functions">The functions that the template may call.</param>
/// <param name="cancellation">Ends the render.</param>
internal sealed class RenderScope(
    RenderInput input, TemplateOptions options, IReadOnlyDictionary<string, Function> functions, CancellationToken cancellation)
    : IDisposable
{
    private const string Concealed = "******";

    private readonly List<byte[]> _secrets = [];
    private readonly HashSet<(KeyReadKind Kind, byte[] Pattern)> _keysRead = new(AskedEqually.Instance);
    private byte[]? _keyInHand;
    private Printing? _spare;
    private long _iterations;

    /// <summary>The keys and values.</summary>
    public KeySnapshot Keys => input.Keys;

    /// <summary>The resource that is rendered.</summary>
    public ResourceNames? Resource => input.Resource;

    /// <summary>The world outside.</summary>
    public TemplateHost Host => input.Host;

    /// <summary>How the render goes.</summary>
    public TemplateOptions Options => options;

    /// <summary>The functions that the template may call.</summary>
    public IReadOnlyDictionary<string, Function> Functions => functions;

    /// <summary>The bounds.</summary>
    public RenderLimits Limits => options.Limits;

    /// <summary>The questions asked of the keys so far.</summary>
    public IReadOnlyCollection<KeyRead> KeysRead =>
        [.. _keysRead.Select(read => new KeyRead(read.Kind, Encoding.UTF8.GetString(read.Pattern)))];

    /// <summary>The names of the templates that are being included, outermost last.</summary>
    public Stack<string> Includes { get; } = new();

    /// <summary>Renders a template defined in the running file, by its name; null in Scriban.</summary>
    public Func<string, Value, byte[]>? Defined { get; set; }

    /// <summary>How many templates rendered to texts are running inside each other.</summary>
    public int TextDepth { get; set; }

    /// <summary>The regular expressions read so far, by their text.</summary>
    public Dictionary<string, Pattern> Patterns { get; } = new(StringComparer.Ordinal);

    /// <summary>What <c>scratch</c> keeps.</summary>
    public Dictionary<string, Value> Scratch { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// The key that was asked for last in the running action, which an error of the action is about; null when none was.
    /// </summary>
    public string? KeyInHand => _keyInHand is null ? null : Encoding.UTF8.GetString(_keyInHand);

    /// <summary>Notes a question asked of the keys.</summary>
    /// <param name="kind">How the pattern selects.</param>
    /// <param name="pattern">The pattern; kept, so it must not change.</param>
    public void Read(KeyReadKind kind, byte[] pattern)
    {
        _keysRead.Add((kind, pattern));
        _keyInHand = pattern;
    }

    /// <summary>The value of a key by its position; a sealed one as the host opens it.</summary>
    public byte[] ValueAt(int index)
    {
        var value = input.Keys.ValueAt(index);
        return input.Host.OpenSealed is { } open && value.AsSpan().StartsWith("enc:v1:"u8) ? Conceal(open(value).ToArray()) : value;
    }

    /// <summary>Whether the template read values that are not to be shown.</summary>
    public bool HoldsSecrets => _secrets.Count > 0;

    /// <summary>Marks a value as one that is not to be shown.</summary>
    /// <returns>The value.</returns>
    public byte[] Conceal(byte[] value)
    {
        _secrets.Add(value);
        return value;
    }

    /// <summary>The error without the values that are not to be shown. The place and the template's own text stay.</summary>
    public Diagnostic WithoutSecrets(Diagnostic error)
    {
        var message = error.Message;
        foreach (var secret in _secrets.Where(secret => secret.Length > 0).OrderByDescending(secret => secret.Length))
        {
            message = message.Replace(ByteText.Decode(secret), Concealed, StringComparison.Ordinal)
                .Replace(QuotedText.Quote(secret)[1..^1], Concealed, StringComparison.Ordinal);
        }

        var place = error.Text.EndsWith(error.Message, StringComparison.Ordinal) ? error.Text[..^error.Message.Length] : "";
        return error with { Message = message, Text = place + message };
    }

    /// <summary>Forgets the key in hand, as another action begins.</summary>
    public void BeginAction() => _keyInHand = null;

    /// <summary>Counts an iteration of a loop.</summary>
    /// <exception cref="LimitException">There were too many, or the time is over.</exception>
    public void CountIteration()
    {
        CheckCount(++_iterations);
        CheckTime();
    }

    /// <summary>Refuses a list that is longer than loops may run.</summary>
    public void CheckCount(long count)
    {
        if (count > Limits.LoopIterationsMax)
        {
            throw new LimitException($"the render went beyond the limit of {Limits.LoopIterationsMax} loop iterations");
        }
    }

    /// <summary>Ends the render when its time is over.</summary>
    public void CheckTime()
    {
        if (cancellation.IsCancellationRequested)
        {
            throw new LimitException($"the render was stopped after its limit of {Limits.Duration.TotalSeconds} s");
        }
    }

    /// <summary>A buffer for a text made on the way.</summary>
    public TextBuffer NewText() => new(Limits.OutputBytesMax);

    /// <summary>Refuses a text that would be longer than the output may be.</summary>
    public void CheckLength(long bytes)
    {
        if (bytes > Limits.OutputBytesMax)
        {
            throw new LimitException($"the text is longer than the limit of {Limits.OutputBytesMax} bytes");
        }
    }

    /// <summary>Prints values as <c>print</c> does.</summary>
    public byte[] Print(ReadOnlySpan<Value> values)
    {
        var printing = TakePrinting();
        printing.Printer.Flags = default;
        printing.Printer.Print(values);
        return Finish(printing);
    }

    /// <summary>Prints values as <c>printf</c> does.</summary>
    public byte[] PrintFormatted(ReadOnlySpan<byte> format, ReadOnlySpan<Value> values)
    {
        var printing = TakePrinting();
        Directives.Print(printing.Text, printing.Printer, format, values);
        return Finish(printing);
    }

    /// <inheritdoc/>
    public void Dispose() => _spare?.Text.Dispose();

    // One buffer serves all short texts. A print that fails leaves its buffer behind.
    private Printing TakePrinting()
    {
        var printing = _spare ?? new Printing(NewText());
        _spare = null;
        return printing;
    }

    private byte[] Finish(Printing printing)
    {
        var text = printing.Text.ToArray();
        printing.Text.Truncate(0);
        _spare = printing;
        return text;
    }

    private sealed class Printing(TextBuffer text)
    {
        public TextBuffer Text { get; } = text;

        public Printer Printer { get; } = new(text);
    }

    private sealed class AskedEqually : IEqualityComparer<(KeyReadKind Kind, byte[] Pattern)>
    {
        public static AskedEqually Instance { get; } = new();

        public bool Equals((KeyReadKind Kind, byte[] Pattern) left, (KeyReadKind Kind, byte[] Pattern) right) =>
            left.Kind == right.Kind && left.Pattern.AsSpan().SequenceEqual(right.Pattern);

        public int GetHashCode((KeyReadKind Kind, byte[] Pattern) asked)
        {
            var hash = new HashCode();
            hash.Add(asked.Kind);
            hash.AddBytes(asked.Pattern);
            return hash.ToHashCode();
        }
    }
}
