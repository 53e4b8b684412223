using System.Buffers;
using System.Globalization;
using System.Text;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Views;
using Sync.Metad.Watching;

namespace Sync.Metad.Endpoints;

/// <summary>Sends a caller what it sees of a place, and every change of it, as server-sent events.</summary>
/// <remarks>
/// <code>
/// event: snapshot | data: the place as JSON, null when nothing is there
/// event: put      | data: {"path":"/a/b","value":"v"}
/// event: delete   | data: {"path":"/a/b"}
/// </code>
/// Paths are relative to the place; the place itself is <c>""</c>. The events of one revision end with the one that carries
/// its <c>id</c>, so a reader that comes back with <c>Last-Event-ID</c> never continues from the middle of a revision. Where
/// that revision is no longer known a snapshot begins the stream anew. A slow reader skips revisions, never changes.
/// A quiet stream carries the <c>id</c> of the newest revision that shows the reader what it has: nothing is dispatched for a
/// block without data, but its id is the one to come back with, however much changed elsewhere meanwhile.
/// Source: the HTML standard, section on server-sent events, interpreting an event stream.
/// </remarks>
internal sealed class EventStream
{
    /// <summary>The type of the stream.</summary>
    public const string ContentType = "text/event-stream";

    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(15);

    private readonly SnapshotFeed _feed;
    private readonly WaitingRoom _room;
    private readonly TimeProvider _time;
    private readonly ViewSettings _settings;

    /// <summary>Creates the sender.</summary>
    public EventStream(SnapshotFeed feed, WaitingRoom room, TimeProvider time, ViewSettings settings)
    {
        _feed = feed;
        _room = room;
        _time = time;
        _settings = settings;
    }

    /// <summary>Sends events until the caller leaves, the program stops, or there is no more room to wait.</summary>
    /// <param name="context">The request; its headers have not been sent.</param>
    /// <param name="waiter">Waits from the state to begin with.</param>
    /// <param name="stopping">Ends every stream.</param>
    public Task RunAsync(HttpContext context, Waiter waiter, CancellationToken stopping)
    {
        context.Response.ContentType = ContentType;
        context.Response.Headers.CacheControl = "no-store";
        var buffer = new ByteBuffer(1024);
        buffer.Append("retry: 2000\n\n"u8);
        Begin(buffer, context.Request.Headers["Last-Event-ID"].ToString(), waiter);
        return FollowAsync(context, waiter, buffer, stopping);
    }

    // Neither a state nor what was sent is kept while nothing happens.
    private async Task FollowAsync(
        HttpContext context, Waiter waiter, ByteBuffer unsent, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            while (true)
            {
                await SendAsync(context, unsent, ended.Token);
                unsent = new();
                if (!_room.TryEnter(waiter))
                {
                    return;
                }

                try
                {
                    await UntilWokenAsync(context, waiter, ended.Token);
                }
                finally
                {
                    _room.Leave(waiter);
                }

                waiter = GoOn(waiter, unsent);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The stream has no end of its own: the caller left, or the program stops.
        }
    }

    private async Task UntilWokenAsync(HttpContext context, Waiter waiter, CancellationToken ended)
    {
        while (true)
        {
            try
            {
                await waiter.Woken.WaitAsync(SilenceMax, _time, ended);
                return;
            }
            catch (TimeoutException)
            {
                // Keeps proxies from closing a connection that is merely quiet.
                var quiet = new ByteBuffer();
                WriteQuiet(quiet, waiter.Known.Revision);
                await SendAsync(context, quiet, ended);
            }
        }
    }

    // The waiter of what comes after the changes that are written.
    private Waiter GoOn(Waiter woken, ByteBuffer buffer)
    {
        var next = new Waiter(woken.Client, woken.Path, _feed.Current, _settings);
        WriteChanges(buffer, woken.Known.View, next.Known.View, next.Known.Revision);
        return next;
    }

    private void Begin(ByteBuffer buffer, string lastEvent, Waiter waiter)
    {
        var (now, current) = waiter.Known;
        var isKnown = long.TryParse(lastEvent, NumberStyles.None, CultureInfo.InvariantCulture, out var revision);
        if (isKnown && _feed.Find(revision) is { } known)
        {
            WriteChanges(buffer, known.For(waiter.Client, _settings).Find(waiter.Path), now, current);
            return;
        }

        var body = new ByteBuffer(1024);
        if (now is null)
        {
            body.Append("null"u8);
        }
        else
        {
            JsonFormat.Write(body, now, isIndented: false);
        }

        WriteEvent(buffer, "snapshot"u8, body.Written, current);
    }

    private static void WriteChanges(ByteBuffer buffer, View? before, View? after, long revision)
    {
        var changes = ViewDifference.Between(before, after);
        if (changes.Count == 0)
        {
            WriteQuiet(buffer, revision);
        }

        var data = new ByteBuffer();
        for (var index = 0; index < changes.Count; index++)
        {
            data.CutTo(0);
            data.Append("{\"path\":"u8);
            JsonText.Write(data, changes[index].Path);
            if (changes[index].Value is { } value)
            {
                data.Append(",\"value\":"u8);
                JsonText.Write(data, value);
            }

            data.Append((byte)'}');
            WriteEvent(
                buffer,
                changes[index].Value is null ? "delete"u8 : "put"u8,
                data.Written,
                index == changes.Count - 1 ? revision : null);
        }
    }

    private static void WriteQuiet(ByteBuffer buffer, long revision)
    {
        buffer.Append(": quiet\nid: "u8);
        WriteRevision(buffer, revision);
        buffer.Append("\n\n"u8);
    }

    private static void WriteRevision(ByteBuffer buffer, long revision) =>
        buffer.Append(Encoding.ASCII.GetBytes(revision.ToString(CultureInfo.InvariantCulture)));

    // JSON has no line ends of its own, so the data is always one line.
    private static void WriteEvent(ByteBuffer buffer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, long? revision)
    {
        buffer.Append("event: "u8);
        buffer.Append(name);
        if (revision is { } id)
        {
            buffer.Append("\nid: "u8);
            WriteRevision(buffer, id);
        }

        buffer.Append("\ndata: "u8);
        buffer.Append(data);
        buffer.Append("\n\n"u8);
    }

    private static async Task SendAsync(HttpContext context, ByteBuffer buffer, CancellationToken ended)
    {
        context.Response.BodyWriter.Write(buffer.Written);
        await context.Response.BodyWriter.FlushAsync(ended);
    }
}
