namespace Sync.Simulation;

/// <summary>A judge found that a promise of the store was broken.</summary>
/// <param name="violation">What is wrong, in a sentence.</param>
internal sealed class SimulationException(string violation) : Exception(violation);
