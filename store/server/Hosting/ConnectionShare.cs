using Microsoft.AspNetCore.Connections;

namespace Sync.Store.Hosting;

/// <summary>
/// The share of the process's open files that the connections of some ports may take together. What comes beyond it is
/// closed at once, so that files of the store can always be opened.
/// </summary>
/// <param name="filesMax">The share.</param>
internal sealed class ConnectionShare(long filesMax)
{
    private long _files;

    /// <summary>The connection middleware of a port.</summary>
    /// <param name="next">Serves a connection that is let in.</param>
    /// <param name="files">How many files one of its connections takes.</param>
    public ConnectionDelegate Limit(ConnectionDelegate next, int files = 1) => async connection =>
    {
        try
        {
            if (Interlocked.Add(ref _files, files) <= filesMax)
            {
                await next(connection);
            }
            else
            {
                connection.Abort();
            }
        }
        finally
        {
            Interlocked.Add(ref _files, -files);
        }
    };
}
