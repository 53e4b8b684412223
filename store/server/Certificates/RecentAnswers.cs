namespace Sync.Store.Certificates;

/// <summary>
/// Asks once where the same is asked again and again: a question that waits for its answer is joined, and an answer counts
/// for a few seconds.
/// </summary>
/// <typeparam name="TQuestion">What is asked.</typeparam>
/// <typeparam name="TAnswer">What is answered.</typeparam>
/// <param name="askAsync">Asks; what fails is asked anew the next time.</param>
/// <param name="time">The clock.</param>
internal sealed class RecentAnswers<TQuestion, TAnswer>(Func<TQuestion, Task<TAnswer>> askAsync, TimeProvider time)
    where TQuestion : notnull
{
    // Long for a member that connects anew several times a second, and short for one whose name has just been entered.
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    // Held while the field below is used.
    private readonly Lock _lock = new();
    private readonly Dictionary<TQuestion, Asked> _asked = [];

    /// <summary>Asks, or joins who asked before.</summary>
    public Task<TAnswer> AskAsync(TQuestion question)
    {
        lock (_lock)
        {
            foreach (var (old, _) in _asked.Where(pair => IsOld(pair.Value)).ToList())
            {
                _asked.Remove(old);
            }

            if (!_asked.TryGetValue(question, out var asked))
            {
                asked = new Asked(AskAnewAsync(question), AnsweredAt: null);
                _asked.Add(question, asked);
            }

            return asked.Answer;
        }
    }

    private async Task<TAnswer> AskAnewAsync(TQuestion question)
    {
        // Whoever asks holds the lock.
        await Task.Yield();
        try
        {
            var answer = await askAsync(question);
            lock (_lock)
            {
                _asked[question] = _asked[question] with { AnsweredAt = time.GetTimestamp() };
            }

            return answer;
        }
        catch
        {
            lock (_lock)
            {
                _asked.Remove(question);
            }

            throw;
        }
    }

    private bool IsOld(Asked asked) => asked.AnsweredAt is { } answeredAt && time.GetElapsedTime(answeredAt) >= Period;

    private readonly record struct Asked(Task<TAnswer> Answer, long? AnsweredAt);
}
