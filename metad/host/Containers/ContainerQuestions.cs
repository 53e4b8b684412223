namespace Sync.Metad.Containers;

/// <summary>Asks a runtime about containers: of one container one question at a time, and of all at most 16.</summary>
/// <remarks>
/// Who asks while a question about the same container is under way shares the next one with all who come meanwhile, and
/// not that one: its answer may be of a moment before the asker's address went to another container.
/// </remarks>
internal sealed class ContainerQuestions : IDisposable
{
    private const int CallsMax = 16;

    private readonly IContainerRuntime _runtime;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _calls = new(CallsMax);

    // The last question about each container. Bound by _lock, as is what a question says of itself.
    private readonly Dictionary<string, Question> _last = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Asks a runtime.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="timeout">The longest that one question takes, from when it is put.</param>
    /// <param name="time">The clock.</param>
    public ContainerQuestions(IContainerRuntime runtime, TimeSpan timeout, TimeProvider time)
    {
        _runtime = runtime;
        _timeout = timeout;
        _time = time;
    }

    /// <summary>Looks at a container as it is now.</summary>
    /// <param name="id">The container.</param>
    /// <param name="cancellationToken">Gives up waiting; the question goes on for the others.</param>
    /// <returns>Null when it does not run any more.</returns>
    /// <exception cref="RuntimeException">The runtime is away.</exception>
    /// <exception cref="OperationCanceledException">The time is up, the question's or the caller's.</exception>
    public Task<RunningContainer?> AskAsync(string id, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_last.TryGetValue(id, out var question) || question.IsPut)
            {
                var next = new Question(question?.Answer ?? Task.FromResult<RunningContainer?>(null));
                _last[id] = next;
                next.Answer = PutAsync(id, next);
                question = next;
            }

            return question.Answer.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _calls.Dispose();

    private async Task<RunningContainer?> PutAsync(string id, Question question)
    {
        // Leaves the lock of the one who asks; how the one before ended is told to those who share it.
        await question.Before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        await _calls.WaitAsync();
        try
        {
            lock (_lock)
            {
                question.IsPut = true;
            }

            using var limit = new CancellationTokenSource(_timeout, _time);
            return await _runtime.FindAsync(id, limit.Token);
        }
        finally
        {
            _calls.Release();
            Forget(id, question);
        }
    }

    private void Forget(string id, Question question)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_last[id], question))
            {
                _last.Remove(id);
            }
        }
    }

    private sealed class Question(Task before)
    {
        public Task Before { get; } = before;

        public bool IsPut { get; set; }

        public Task<RunningContainer?> Answer { get; set; } = Task.FromResult<RunningContainer?>(null);
    }
}
