namespace Sync.Benchmarks.Metadata;

/// <summary>How metad is measured.</summary>
/// <param name="Directory">Where the store's data directory is made.</param>
/// <param name="Connections">How many connections ask at a time.</param>
/// <param name="WarmUp">How long each load runs before it counts.</param>
/// <param name="Measured">How long each load counts.</param>
/// <param name="WaitRounds">How many changes each wait is measured with.</param>
/// <param name="SoakRequests">How many requests memory must stay flat over.</param>
internal sealed record MetadataSettings(
    string Directory, int Connections, TimeSpan WarmUp, TimeSpan Measured, int WaitRounds, int SoakRequests);
