using Microsoft.AspNetCore.Connections;
using Sync.Posix;
using Sync.Store.Hosting;
using Sync.TestKit;

namespace Sync.Store.Tests.Hosting;

public sealed class ConnectionShareTests
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConnectionShare _share = new(filesMax: 4);
    private int _served;

    [Fact]
    public async Task What_comes_beyond_the_share_is_closed_until_another_one_ends()
    {
        var port = _share.Limit(ServeAsync);
        var joined = _share.Limit(ServeAsync, files: 2);
        await using var connection = new CountedConnection();
        var open = new List<Task> { port(connection), joined(connection), port(connection) };

        var beyond = Task.WhenAll(port(connection), joined(connection));

        _served.Should().Be(3);
        connection.Aborted.Should().Be(2);
        beyond.IsCompletedSuccessfully.Should().BeTrue();
        _end.SetResult();
        await Task.WhenAll(open).WaitAsync(Deadline.Default);
        await Task.WhenAll(joined(connection), joined(connection));
        _served.Should().Be(5);
        connection.Aborted.Should().Be(2);
    }

    [Fact]
    public void The_system_says_how_many_files_may_be_open() => ProcessLimits.OpenFilesMax().Should().BeGreaterThan(255);

    private Task ServeAsync(ConnectionContext connection)
    {
        _served++;
        return _end.Task;
    }

    private sealed class CountedConnection : DefaultConnectionContext
    {
        public int Aborted { get; private set; }

        public override void Abort(ConnectionAbortedException abortReason) => Aborted++;
    }
}
