using Grpc.Core;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Sync.Store.Hosting;
using Sync.TestKit;

namespace Sync.Store.Tests.Hosting;

public sealed class ReadThreadsTests : IAsyncLifetime, IDisposable
{
    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly ReadThreads _threads;

    public ReadThreadsTests() => _threads = new ReadThreads(_lifetime, new FailStop(_lifetime, NullLogger<FailStop>.Instance));

    public Task InitializeAsync() => _threads.StartAsync(Deadline.Default);

    public Task DisposeAsync() => _threads.StopAsync(Deadline.Default);

    public void Dispose() => _threads.Dispose();

    [Fact]
    public async Task A_read_has_a_thread_that_is_not_of_the_pool()
    {
        (await _threads.RangeAsync(_ => Thread.CurrentThread.IsThreadPoolThread, CancellationToken.None)).Should().BeFalse();
        (await _threads.HashAsync(_ => Thread.CurrentThread.IsThreadPoolThread, CancellationToken.None)).Should().BeFalse();
    }

    [Fact]
    public async Task One_hash_is_made_at_a_time_and_so_many_wait_and_no_more()
    {
        using var call = new CancellationTokenSource();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = _threads.HashAsync(
            ended =>
            {
                begun.SetResult();
                return ended.WaitHandle.WaitOne(TimeSpan.FromMinutes(1));
            },
            call.Token);
        await begun.Task.WaitAsync(Deadline.Default);
        var waiting = Enumerable.Range(0, 16)
            .Select(number => _threads.HashAsync(_ => first.IsCompleted, CancellationToken.None)).ToList();

        var tooMany = () => _threads.HashAsync(_ => true, CancellationToken.None);

        (await tooMany.Should().ThrowAsync<RpcException>()).Which.StatusCode.Should().Be(StatusCode.ResourceExhausted);
        waiting.Should().OnlyContain(hash => !hash.IsCompleted);
        (await _threads.RangeAsync(_ => true, CancellationToken.None)).Should().BeTrue("ranges do not wait for hashes");
        await call.CancelAsync();
        (await first).Should().BeTrue("the hash heard that its client is gone");
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task A_read_whose_client_is_gone_is_not_begun()
    {
        using var call = new CancellationTokenSource();
        await call.CancelAsync();

        var read = () => _threads.RangeAsync<bool>(_ => throw new InvalidOperationException("begun"), call.Token);

        await read.Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task The_end_of_the_server_ends_reads()
    {
        var read = () => _threads.RangeAsync(
            ended =>
            {
                _lifetime.StopApplication();
                ended.ThrowIfCancellationRequested();
                return true;
            },
            CancellationToken.None);

        (await read.Should().ThrowAsync<RpcException>()).Which.Status.Detail.Should().Be("etcdserver: server stopped");
    }
}
