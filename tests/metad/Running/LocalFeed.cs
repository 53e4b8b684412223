using System.Text;
using Microsoft.AspNetCore.Http;
using Sync.Metad.Endpoints;
using Sync.Metad.Model.Backends;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;
using Sync.Metad.Options;
using Sync.Metad.Watching;

namespace Sync.Metad.Tests.Running;

/// <summary>What lies between the backend and the answers, in the test's own process: no sockets, and time as the test says.</summary>
internal sealed class LocalFeed : IDisposable
{
    public const string Client = "10.0.0.1";

    private readonly KeyLayout _layout = new(prefix: "", group: "default");
    private readonly SnapshotBuilder _builder;
    private readonly MetadMetrics _metrics = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly MetadataEndpoint _endpoint;

    public LocalFeed(TimeProvider? time = null, MetadOptions? options = null)
    {
        options ??= new() { UnknownMayRead = true };
        _builder = new(_layout);
        Room = new(Feed, options);
        _endpoint = new(new(Feed, new(options), _metrics, time ?? TimeProvider.System, _stopping.Token), Room, options, attested: null);
    }

    public SnapshotFeed Feed { get; } = new();

    public WaitingRoom Room { get; }

    public long Revision { get; private set; }

    /// <summary>Whoever asks from now on.</summary>
    public string Caller { get; set; } = Client;

    public static AnswerKey KeyOf(string path) => new(
        Snapshots.Client(Client),
        new(UnknownMayRead: true, OnlySelf: false),
        MetadataPath.Split(path),
        new(Model.Formats.BodyFormat.Text, IsPretty: false, IsListing: false, Depth: null, Count: null, After: null));

    /// <summary>The answer that is kept for all who read everything.</summary>
    public Answer? SharedAt(string path)
    {
        var key = KeyOf(path);
        var view = Feed.Current.Snapshot.For(key.Client, key.Settings).Find(key.Path).Should().BeOfType<View.DataView>().Which;
        return Feed.Current.Answers.Find(new SharedAnswerKey(view, key.Form));
    }

    /// <summary>Begins to wake those who wait.</summary>
    public Task StartAsync() => Room.StartAsync(CancellationToken.None);

    /// <summary>The next revision: each path is data, and null takes it away.</summary>
    public void Write(params (string Path, string? Value)[] changes) => Take(
        [.. changes.Select(change => new BackendChange(
            _layout.DataKey(MetadataPath.Split(change.Path)), change.Value is null ? null : Snapshots.Bytes(change.Value)))]);

    public void Map(string path, string target) =>
        Take([new(_layout.MappingKey(MetadataPath.Split(path)), Snapshots.Bytes(target))]);

    public void Rule(string host, string rules) => Take([new(_layout.RuleKey(host), Snapshots.Bytes(rules))]);

    /// <summary>Asks; what is written is in the returned body once the task is done.</summary>
    public (Task Answered, HttpContext Context) Ask(
        string target, Stream body, CancellationToken aborted = default, params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext { RequestAborted = aborted };
        context.Request.Method = "GET";
        context.Response.Body = body;
        foreach (var (name, value) in headers)
        {
            context.Request.Headers[name] = value;
        }

        return (_endpoint.HandleAsync(context, target, Snapshots.Client(Caller)), context);
    }

    /// <summary>Reads what needs no waiting: the body, or the status where that is not 200.</summary>
    public string Read(string target, params (string Name, string Value)[] headers)
    {
        using var body = new MemoryStream();
        var (answered, context) = Ask(target, body, default, headers);
        return !answered.IsCompletedSuccessfully ? throw new InvalidOperationException($"{target} was not answered at once.")
            : context.Response.StatusCode == 200 ? Encoding.UTF8.GetString(body.ToArray())
            : $"{context.Response.StatusCode}";
    }

    /// <summary>What a stream of events begins with; the reader leaves then.</summary>
    public string ReadStream(string target, long? lastEvent = null)
    {
        using var left = new CancellationTokenSource();
        using var body = new MemoryStream();
        (string, string)[] headers = lastEvent is { } id
            ? [("Accept", "text/event-stream"), ("Last-Event-ID", $"{id}")]
            : [("Accept", "text/event-stream")];

        // A body in memory is written to before the stream waits for the first time.
        var (_, context) = Ask(target, body, left.Token, headers);
        var text = Encoding.UTF8.GetString(body.ToArray());
        left.Cancel();
        return context.Response.StatusCode == 200 ? text : $"{context.Response.StatusCode}";
    }

    /// <summary>Ends everything that waits, as the program's end does.</summary>
    public void Stop() => _stopping.Cancel();

    public void Dispose()
    {
        _stopping.Cancel();
        Room.Dispose();
        _metrics.Dispose();
        _stopping.Dispose();
    }

    private void Take(BackendChange[] changes)
    {
        _builder.Apply(++Revision, changes);
        Feed.Publish(_builder.Current, _builder.ChangedBytes);
    }
}
