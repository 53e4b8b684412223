using Sync.Member;
using Sync.Member.Turns;
using Sync.Mvcc;
using Sync.Store.Replication;

namespace Sync.Simulation.Clusters;

/// <summary>
/// What clients and operators ask a process: the production's open questions, of which no thread awaits the answers here, so
/// that they are looked for after every turn.
/// </summary>
internal sealed class ClientQuestions
{
    private readonly OpenQuestions _questions = new();
    private readonly List<Waiting> _waiting = [];

    /// <summary>Opens a question.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="question">The question.</param>
    /// <param name="answered">Told of the answer.</param>
    /// <param name="failed">Told that there is none.</param>
    /// <returns>What the member is to know it by.</returns>
    public RequestId Ask<T>(MemberRequest.Question<T> question, Action<T> answered, Action<RequestFailure> failed)
    {
        _waiting.Add(new(question.Task, () =>
        {
            if (question.Task.Exception?.InnerException is RequestFailedException none)
            {
                failed(none.Failure);
            }
            else
            {
#pragma warning disable VSTHRD002 // It has ended: nothing waits.
                answered(question.Task.Result);
#pragma warning restore VSTHRD002
            }
        }));
        return _questions.Add(question);
    }

    /// <summary>Answers everything that a turn has answers for.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="view">What readers see.</param>
    public void Answer(MemberTurn turn, KeyspaceView view)
    {
        _questions.Answer(turn, view);
        EndAnswered();
    }

    /// <summary>Ends all questions, because the process ends.</summary>
    public void FailAll()
    {
        _questions.FailAll();
        EndAnswered();
    }

    private void EndAnswered()
    {
        var answered = _waiting.FindAll(waiting => waiting.Task.IsCompleted);
        _waiting.RemoveAll(waiting => waiting.Task.IsCompleted);
        answered.ForEach(waiting => waiting.End());
    }

    private sealed record Waiting(Task Task, Action End);
}
