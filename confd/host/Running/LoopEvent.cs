using Sync.Confd.Sources;

namespace Sync.Confd.Running;

/// <summary>Something that the loop has to take note of.</summary>
internal abstract record LoopEvent
{
    private LoopEvent()
    {
    }

    /// <summary>The source of keys said something.</summary>
    public sealed record SourceSaid(SourceUpdate Update) : LoopEvent;

    /// <summary>A group's turn is over.</summary>
    public sealed record GroupDone(IReadOnlyList<TurnReport> Reports) : LoopEvent;

    /// <summary>A task of the session ended in a way that it must not; the session shows the failure.</summary>
    public sealed record WorkFailed : LoopEvent;

    /// <summary>The operator asks to read the configuration anew (SIGHUP).</summary>
    public sealed record ReloadAsked : LoopEvent;

    /// <summary>The operator asks to process every resource now (SIGUSR1).</summary>
    public sealed record RunAsked : LoopEvent;

    /// <summary>The operator asks what the state of things is (SIGUSR2).</summary>
    public sealed record StateAsked : LoopEvent;
}
