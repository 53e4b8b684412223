using Sync.Templates.Diagnostics;
using Sync.Templates.Formatting;
using Sync.Templates.Keys;
using Sync.Templates.Values;

namespace Sync.Templates.Functions;

/// <summary>What functions share during one render: keys, the world outside, bounds, and what was read.</summary>
/// <param name="input">What the render works on.</param>
/// <param name="options">How it renders.</param>
/// <param name="functions">The functions that the template may call.</param>
/// <param name="cancellation">Ends the render.</param>
internal sealed class RenderScope(
    RenderInput input, TemplateOptions options, IReadOnlyDictionary<string, Function> functions, CancellationToken cancellation)
{
    private readonly HashSet<KeyRead> _keysRead = [];
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
    public IReadOnlyCollection<KeyRead> KeysRead => _keysRead;

    /// <summary>The names of the templates that are being included, outermost last.</summary>
    public Stack<string> Includes { get; } = new();

    /// <summary>Notes a question asked of the keys.</summary>
    public void Read(KeyReadKind kind, ReadOnlySpan<byte> pattern) =>
        _keysRead.Add(new KeyRead(kind, System.Text.Encoding.UTF8.GetString(pattern)));

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
        using var text = NewText();
        new Printer(text).Print(values);
        return text.ToArray();
    }
}
