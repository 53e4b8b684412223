using System.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Sync.Metad.Admission;
using Sync.Metad.Endpoints;
using Sync.Metad.Listening;
using Sync.Metad.Model.Formats;

namespace Sync.Metad.Hosting;

/// <summary>Where every request comes in: sends it to the API of its listener and catches what went wrong there.</summary>
internal sealed partial class RequestEntry
{
    private readonly LiveDoors _doors;
    private readonly Reply _reply;
    private readonly MetadMetrics _metrics;
    private readonly ILogger<RequestEntry> _logger;

    /// <summary>Creates the entry.</summary>
    public RequestEntry(LiveDoors doors, Reply reply, MetadMetrics metrics, ILogger<RequestEntry> logger)
    {
        _doors = doors;
        _reply = reply;
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    public async Task HandleAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var role = context.Features.GetRequiredFeature<ListenerRole>();
        long? started = Stopwatch.GetTimestamp();
        try
        {
            if (role.IsManage)
            {
                await _doors.Current.Manage.HandleAsync(context, target);
            }
            else if (await _doors.Current.Metadata.HandleAsync(context, target))
            {
                started = null;
            }

            Log.Answered(_logger, context.Request.Method, target, context.Response.StatusCode);
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested
            && exception is OperationCanceledException or ConnectionAbortedException or IOException)
        {
            // How long it stayed says nothing.
            started = null;
            Log.Left(_logger, context.Request.Method, target);
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            await _reply.SendAsync(context, Answer.Error(exception.StatusCode, exception.Message, BodyFormat.Text));
        }
#pragma warning disable CA1031 // One request's fault must not close a connection that others share.
        catch (Exception exception) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            Log.Failed(_logger, exception, context.Request.Method, target);
            await _reply.SendAsync(context, Answer.Error(500, "internal error", BodyFormat.Text));
        }
        finally
        {
            var route = role.IsManage ? MetricRoute.Manage
                : target.StartsWith("/self", StringComparison.Ordinal) ? MetricRoute.Self : MetricRoute.Data;
            _metrics.Count(route, context.Response.StatusCode, started, context.Response.ContentLength ?? 0);
        }
    }
}
