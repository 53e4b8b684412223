using Sync.Simulation.Histories;

namespace Sync.Simulation.Checking;

/// <summary>What a set of operations may do to something that all clients share.</summary>
/// <typeparam name="TState">Its state, an immutable value.</typeparam>
internal interface IHistoryModel<TState>
    where TState : IEquatable<TState>
{
    /// <summary>The state before all operations.</summary>
    TState Initial { get; }

    /// <summary>Lets an operation happen.</summary>
    /// <param name="state">The state before it.</param>
    /// <param name="operation">The operation; without a response any outcome is right.</param>
    /// <param name="next">The state after it.</param>
    /// <returns>False when the operation cannot have happened in this state with this response.</returns>
    bool TryStep(TState state, HistoryOperation operation, out TState next);
}
