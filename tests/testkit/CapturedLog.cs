namespace Sync.TestKit;

/// <summary>The lines a program has written so far, in the order they came; safe on several threads.</summary>
public sealed class CapturedLog
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<Waiter> _waiters = [];

    /// <summary>A copy of the lines so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>The last <paramref name="count"/> lines, joined by line feeds.</summary>
    public string Tail(int count) => string.Join('\n', Lines.TakeLast(count));

    /// <summary>Appends a line and wakes those who wait for it.</summary>
    public void Add(string line)
    {
        List<Waiter> woken;
        lock (_lock)
        {
            _lines.Add(line);
            woken = _waiters.FindAll(waiter => waiter.IsWanted(line));
            _waiters.RemoveAll(woken.Contains);
        }

        woken.ForEach(waiter => waiter.Found.TrySetResult(line));
    }

    /// <summary>The first line, already written or still to come, that <paramref name="isWanted"/> accepts.</summary>
    /// <exception cref="OperationCanceledException">The line had not come when the token ended.</exception>
    public Task<string> WaitForAsync(Func<string, bool> isWanted, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_lines.Find(line => isWanted(line)) is { } line)
            {
                return Task.FromResult(line);
            }

            var waiter = new Waiter(isWanted, new(TaskCreationOptions.RunContinuationsAsynchronously));
            _waiters.Add(waiter);
            return waiter.Found.Task.WaitAsync(cancellationToken);
        }
    }

    private sealed record Waiter(Func<string, bool> IsWanted, TaskCompletionSource<string> Found);
}
