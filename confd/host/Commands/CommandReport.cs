namespace Sync.Confd.Commands;

/// <summary>How a command ended.</summary>
internal abstract record CommandEnd
{
    private CommandEnd()
    {
    }

    /// <summary>One phrase, as confd words it.</summary>
    public abstract string Phrase { get; }

    /// <summary>By itself.</summary>
    /// <param name="Code">The exit code; 0 is success, 128 and a signal's number when a signal ended it.</param>
    public sealed record Exited(int Code) : CommandEnd
    {
        /// <inheritdoc/>
        public override string Phrase => $"exit status {Code}";
    }

    /// <summary>Its whole process group was ended at the limit.</summary>
    /// <param name="Limit">The limit.</param>
    public sealed record TimedOut(TimeSpan Limit) : CommandEnd
    {
        /// <inheritdoc/>
        public override string Phrase => $"command timed out after {Plan.Resources.GoDuration.Format(Limit)}";
    }

    /// <summary>It could not be started.</summary>
    /// <param name="Reason">One sentence.</param>
    public sealed record NotStarted(string Reason) : CommandEnd
    {
        /// <inheritdoc/>
        public override string Phrase => Reason;
    }
}

/// <summary>What a command did.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Output">What it wrote on standard output and error, the first part of it where it was much.</param>
internal sealed record CommandReport(CommandEnd End, string Output)
{
    /// <summary>Whether it ended by itself with code 0.</summary>
    public bool Succeeded => End is CommandEnd.Exited { Code: 0 };
}
