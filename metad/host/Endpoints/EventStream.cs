using System.Buffers;
using System.Globalization;
using System.Text;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Paths;
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
/// Source: the HTML standard, section on server-sent events.
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
    /// <param name="client">The caller.</param>
    /// <param name="path">The place.</param>
    /// <param name="state">The state to begin with.</param>
    /// <param name="ended">Ends the stream.</param>
    public async Task RunAsync(
        HttpContext context, ClientIdentity client, MetadataPath path, FeedState state, CancellationToken ended)
    {
        try
        {
            await FollowAsync(context, client, path, state, ended);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The stream has no end of its own: the caller left, or the program stops.
        }
    }

    private async Task FollowAsync(
        HttpContext context, ClientIdentity client, MetadataPath path, FeedState state, CancellationToken ended)
    {
        context.Response.ContentType = ContentType;
        context.Response.Headers.CacheControl = "no-store";
        var buffer = new ByteBuffer(1024);
        buffer.Append("retry: 2000\n\n"u8);
        Begin(buffer, context.Request.Headers["Last-Event-ID"].ToString(), client, path, state);
        while (true)
        {
            await SendAsync(context, buffer, ended);
            var waiter = new Waiter(client, path, state, _settings);
            if (!_room.TryEnter(waiter))
            {
                return;
            }

            try
            {
                await waiter.Woken.WaitAsync(SilenceMax, _time, ended);
                var next = _feed.Current;
                WriteChanges(buffer, See(state.Snapshot, client, path), See(next.Snapshot, client, path), next.Snapshot.Revision);
                state = next;
            }
            catch (TimeoutException)
            {
                // A comment keeps proxies from closing a connection that is merely quiet.
                buffer.Append(": quiet\n\n"u8);
            }
            finally
            {
                _room.Leave(waiter);
            }
        }
    }

    private void Begin(ByteBuffer buffer, string lastEvent, ClientIdentity client, MetadataPath path, FeedState state)
    {
        var now = See(state.Snapshot, client, path);
        var isKnown = long.TryParse(lastEvent, NumberStyles.None, CultureInfo.InvariantCulture, out var revision);
        if (isKnown && _feed.Find(revision) is { } known)
        {
            WriteChanges(buffer, See(known, client, path), now, state.Snapshot.Revision);
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

        WriteEvent(buffer, "snapshot"u8, body.Written, state.Snapshot.Revision);
    }

    private View? See(MetadataSnapshot snapshot, ClientIdentity client, MetadataPath path) =>
        snapshot.For(client, _settings).Find(path);

    private static void WriteChanges(ByteBuffer buffer, View? before, View? after, long revision)
    {
        var changes = ViewDifference.Between(before, after);
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

    // JSON has no line ends of its own, so the data is always one line.
    private static void WriteEvent(ByteBuffer buffer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, long? revision)
    {
        buffer.Append("event: "u8);
        buffer.Append(name);
        if (revision is { } id)
        {
            buffer.Append("\nid: "u8);
            buffer.Append(Encoding.ASCII.GetBytes(id.ToString(CultureInfo.InvariantCulture)));
        }

        buffer.Append("\ndata: "u8);
        buffer.Append(data);
        buffer.Append("\n\n"u8);
    }

    private static async Task SendAsync(HttpContext context, ByteBuffer buffer, CancellationToken ended)
    {
        context.Response.BodyWriter.Write(buffer.Written);
        buffer.CutTo(0);
        await context.Response.BodyWriter.FlushAsync(ended);
    }
}
