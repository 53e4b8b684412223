using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Sync.Store.Hosting;
using Sync.Store.Tests.Rpc;
using Sync.TestKit;

namespace Sync.Store.Tests.Hosting;

/// <summary>The stop waits for streams that come to their end.</summary>
public sealed class StreamLifetimeTests : IDisposable
{
    private readonly QuietMember _member = new();
    private readonly LeaderWatch _leader;
    private readonly StreamLifetime _streams;

    public StreamLifetimeTests()
    {
        _leader = new LeaderWatch(_member.Published, _member.Settings, TimeProvider.System);
        _streams = new StreamLifetime(new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance), _leader);
    }

    public void Dispose()
    {
        _leader.Dispose();
        _member.Dispose();
    }

    [Fact]
    public async Task Without_streams_there_is_nothing_to_wait_for() =>
        await _streams.EndAsync(TimeSpan.FromDays(1), TimeProvider.System).WaitAsync(Deadline.Default);

    [Fact]
    public async Task A_stream_is_over_when_its_last_bytes_were_written_and_not_before()
    {
        var response = new Response();
        using var stream = Begin(response);
        var over = _streams.EndAsync(TimeSpan.FromDays(1), TimeProvider.System);

        stream.Dispose();
        over.IsCompleted.Should().BeFalse("the handler is done, and the trailers are not written");
        await response.CompleteAsync();

        await over.WaitAsync(Deadline.Default);
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_not_waited_for_for_ever()
    {
        using var stream = Begin(new Response());

        await _streams.EndAsync(TimeSpan.FromMilliseconds(20), TimeProvider.System).WaitAsync(Deadline.Default);
    }

    private StreamCall Begin(Response response)
    {
        var call = new FakeCall(Deadline.Default);
        call.UserState["__HttpContext"] = new DefaultHttpContext(new FeatureCollection { [typeof(IHttpResponseFeature)] = response });
        return _streams.Begin(call);
    }

    private sealed class Response : HttpResponseFeature
    {
        private Func<Task> _completed = () => Task.CompletedTask;

        public override void OnCompleted(Func<object, Task> callback, object state) => _completed = () => callback(state);

        public Task CompleteAsync() => _completed();
    }
}
