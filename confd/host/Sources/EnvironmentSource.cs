using System.Runtime.CompilerServices;
using System.Text;

namespace Sync.Confd.Sources;

/// <summary>Keys from the environment of this process: <c>FOO_BAR</c> is <c>/foo/bar</c>.</summary>
/// <param name="variables">All variables.</param>
/// <remarks>Source: confd, the env backend; a key selects by whole segments here, not by leading characters.</remarks>
internal sealed class EnvironmentSource(IReadOnlyDictionary<string, string> variables) : IKeySource
{
    private readonly KeyState _state = new(0, [.. variables.Select(variable => new StoredKey(
        "/" + variable.Key.ToLowerInvariant().Replace('_', '/'), Encoding.UTF8.GetBytes(variable.Value)))]);

    /// <inheritdoc/>
    public bool CanFollow => false;

    /// <inheritdoc/>
    public Task<KeyState> ReadAsync(IReadOnlyList<string> roots, CancellationToken cancellationToken) =>
        Task.FromResult(_state);

    /// <inheritdoc/>
    public async IAsyncEnumerable<SourceUpdate> FollowAsync(
        IReadOnlyList<string> roots, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new SourceUpdate.Keys(_state, ChangedKeys: null, Remark: null);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
