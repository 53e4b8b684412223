using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Sync.Metad.Containers;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Containers;

/// <summary>How many questions a runtime is asked when many callers come at once.</summary>
public sealed class ContainerQuestionsTests : IDisposable
{
    private readonly HeldRuntime _runtime = new();
    private readonly ContainerQuestions _questions;

    public ContainerQuestionsTests() => _questions = new(_runtime, TimeSpan.FromSeconds(60), TimeProvider.System);

    public void Dispose() => _questions.Dispose();

    [Fact]
    public async Task All_who_come_while_a_question_is_under_way_share_the_next_one()
    {
        var first = AskAsync("a");
        await _runtime.UntilHeldAsync(1);
        var others = Enumerable.Range(0, 100).Select(_ => AskAsync("a")).ToList();

        _runtime.AnswerOne();
        await first;
        others.Should().NotContain(asked => asked.IsCompleted, "the first answer may be older than their question");
        await _runtime.UntilHeldAsync(1);
        _runtime.AnswerOne();

        await Task.WhenAll(others);
        _runtime.Count.Should().Be(2);
    }

    [Fact]
    public async Task At_most_sixteen_questions_are_under_way()
    {
        var asked = Enumerable.Range(0, 100).Select(number => AskAsync($"{number}")).ToList();
        await _runtime.UntilHeldAsync(16);
        _runtime.Count.Should().Be(16);

        while (!asked.TrueForAll(one => one.IsCompleted))
        {
            _runtime.AnswerOne();
            await Task.Yield();
        }

        await Task.WhenAll(asked);
        _runtime.HeldMost.Should().Be(16);
        _runtime.Count.Should().Be(100);
    }

    [Fact]
    public async Task Who_leaves_takes_nothing_from_the_others()
    {
        using var left = new CancellationTokenSource();
        var gone = _questions.AskAsync("a", left.Token);
        await _runtime.UntilHeldAsync(1);
        await left.CancelAsync();
        await gone.Invoking(async task => await task).Should().ThrowAsync<OperationCanceledException>();

        var other = AskAsync("a");
        _runtime.AnswerOne();
        await _runtime.UntilHeldAsync(1);
        _runtime.AnswerOne();

        (await other)!.Id.Should().Be("a");
    }

    [Fact]
    public async Task A_failure_is_told_to_those_who_share_it_and_the_next_question_is_put()
    {
        var first = AskAsync("a");
        await _runtime.UntilHeldAsync(1);
        var second = AskAsync("a");
        _runtime.FailOne();
        await first.Invoking(async task => await task).Should().ThrowAsync<RuntimeException>();

        await _runtime.UntilHeldAsync(1);
        _runtime.AnswerOne();

        (await second)!.Id.Should().Be("a");
    }

    private Task<RunningContainer?> AskAsync(string id) =>
        _questions.AskAsync(id, Deadline.In(TimeSpan.FromSeconds(60)));

    /// <summary>Holds each question until the test lets one go.</summary>
    private sealed class HeldRuntime : IContainerRuntime
    {
        private readonly ConcurrentQueue<(string Id, TaskCompletionSource<RunningContainer?> Answer)> _held = new();
        private int _count;

        public string Name => "held";

        public int Count => Volatile.Read(ref _count);

        public int HeldMost { get; private set; }

        public Task<IReadOnlyList<RunningContainer>> ListAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<RunningContainer>>([]);

        public Task<RunningContainer?> FindAsync(string id, CancellationToken cancellationToken)
        {
            var answer = new TaskCompletionSource<RunningContainer?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _held.Enqueue((id, answer));
            HeldMost = Math.Max(HeldMost, _held.Count);
            Interlocked.Increment(ref _count);
            return answer.Task;
        }

        public async IAsyncEnumerable<bool> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            yield break;
        }

        public Task UntilHeldAsync(int count) => MetadServer.UntilAsync(() => _held.Count == count);

        public void AnswerOne()
        {
            if (_held.TryDequeue(out var held))
            {
                held.Answer.SetResult(new(held.Id, [], [], Label: null));
            }
        }

        public void FailOne()
        {
            if (_held.TryDequeue(out var held))
            {
                held.Answer.SetException(new RuntimeException("away", cause: null));
            }
        }
    }
}
