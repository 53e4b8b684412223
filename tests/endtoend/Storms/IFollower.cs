using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Storms;

/// <summary>A program that follows the keys below <c>/storm</c> and shows them in its own way.</summary>
internal interface IFollower : IAsyncDisposable
{
    /// <summary>The running program.</summary>
    ServerProcess Process { get; }

    /// <summary>What it shows at this moment.</summary>
    /// <param name="cancellationToken">The limit of the reading.</param>
    /// <returns>Full key to value; null when it shows nothing yet.</returns>
    Task<IReadOnlyDictionary<string, string>?> ViewAsync(CancellationToken cancellationToken);
}
