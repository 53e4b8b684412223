using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sync.Confd.Options;
using Sync.Confd.Plan.Keys;
using Sync.Confd.Plan.Resources;
using Sync.Confd.Plan.Scheduling;
using Sync.Confd.Rendering;
using Sync.Confd.Sources;

namespace Sync.Confd.Running;

/// <summary>
/// One configuration at work: follows the source, keeps the agenda, and starts the groups whose time has come. Only the
/// loop calls it; the source's pump and the groups speak through the loop's channel.
/// </summary>
internal sealed class Session : IAsyncDisposable
{
    private const int UpdatesMax = 256;

    private readonly ConfdSettings _settings;
    private readonly IKeySource _source;
    private readonly GroupRunner _runner;
    private readonly Agenda _agenda;
    private readonly IReadOnlyList<(Resource Resource, KeySelection Selection)> _selections;
    private readonly ChannelWriter<LoopEvent> _events;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly long _begin;
    private readonly List<Task> _groups = [];

    // How many updates may wait for the loop; beyond them the source waits, and through its flow control the store.
    private readonly SemaphoreSlim _room = new(UpdatesMax);
    private readonly CancellationTokenSource _killing = new();
    private CancellationTokenSource _following = new();
    private Task _pump = Task.CompletedTask;
    private KeyState? _state;
    private bool _isLost;
    private TimeSpan _resyncAt = TimeSpan.MaxValue;

    /// <summary>Makes a session; <see cref="Start"/> sets it going.</summary>
    public Session(
        SessionParts parts, IEnumerable<Resource> resources, ChannelWriter<LoopEvent> events, TimeProvider clock, ILogger logger)
    {
        _settings = parts.Settings;
        _source = parts.Source;
        _runner = parts.Runner;
        _events = events;
        _clock = clock;
        _logger = logger;
        _begin = clock.GetTimestamp();
        _agenda = new Agenda(resources, new AgendaSettings
        {
            Wait = parts.Settings.Wait,
            ReloadsAtStart = parts.Settings.ForcesReload,
        });
        _selections = [.. _agenda.Resources.Select(resource => (resource, parts.Renderer.SelectionOf(resource)))];
    }

    /// <summary>Destinations whose reload is owed, for the session after this one.</summary>
    public IReadOnlyCollection<string> OwedReloads => [.. _agenda.OwedReloads];

    private TimeSpan Now => _clock.GetElapsedTime(_begin);

    /// <summary>Begins to follow the source.</summary>
    /// <param name="owedReloads">What the session before this one owed.</param>
    public void Start(IReadOnlyCollection<string> owedReloads)
    {
        _agenda.Owe(owedReloads, Now);
        Follow();
    }

    /// <summary>Takes note of an event.</summary>
    public void Apply(LoopEvent happened)
    {
        switch (happened)
        {
            case LoopEvent.SourceSaid said:
                _room.Release();
                Apply(said.Update);
                break;
            case LoopEvent.GroupDone done:
                done.Reports.ToList().ForEach(Apply);
                break;
            case LoopEvent.RunAsked:
                ChangeAll();
                break;
            case LoopEvent.StateAsked:
                DescribeState();
                break;
        }
    }

    /// <summary>Starts the groups whose time has come.</summary>
    /// <returns>When to call again unless an event comes before; null when only an event matters.</returns>
    /// <exception cref="KeySourceException">The source can never be followed.</exception>
    public async Task<TimeSpan?> StartDueGroupsAsync()
    {
        await ShowFailuresAsync();
        if (Now >= _resyncAt)
        {
            Follow();
        }

        if (_state is not { } state)
        {
            return PauseUntil(_resyncAt);
        }

        foreach (var group in _agenda.Take(Now))
        {
            _groups.Add(RunGroupAsync(group, state));
        }

        return PauseUntil(_agenda.NextAt() is { } next && next < _resyncAt ? next : _resyncAt);
    }

    /// <summary>Stops following and lets the groups in work finish; after the limit their commands are killed.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopFollowingAsync();
        _killing.CancelAfter(_settings.ShutdownTimeout);
        await Task.WhenAll(_groups);
        await _source.DisposeAsync();
        _killing.Dispose();
        _following.Dispose();
        _room.Dispose();
    }

    // The pump never ends by itself and a group reports every fault that is not a bug: what ended otherwise ends confd.
    private async Task ShowFailuresAsync()
    {
        if (_pump.IsFaulted)
        {
            await _pump;
        }

        foreach (var group in _groups.FindAll(group => group.IsCompleted))
        {
            _groups.Remove(group);
            await group;
        }
    }

    private void Apply(SourceUpdate update)
    {
        switch (update)
        {
            case SourceUpdate.Keys keys:
                Apply(keys);
                break;
            case SourceUpdate.Connected connected:
                SessionLog.Connected(_logger, connected.Address);
                NoteBack();
                break;
            case SourceUpdate.Lost lost when !_isLost:
                // Once an outage; the attempts after the first say nothing new.
                SessionLog.Lost(_logger, lost.Reason);
                _isLost = true;
                break;
            case SourceUpdate.Lost lost:
                SessionLog.StillLost(_logger, lost.Reason, lost.Failures, lost.RetryIn);
                break;
        }
    }

    private void Apply(SourceUpdate.Keys keys)
    {
        if (keys.Remark is { } remark)
        {
            SessionLog.ReadAnew(_logger, remark, keys.State.Revision);
        }

        NoteBack();
        var isFirst = _state is null;
        _state = keys.State;
        if (keys.ChangedKeys is null)
        {
            // The first keys find every resource on the agenda already.
            if (!isFirst)
            {
                ChangeAll();
            }

            return;
        }

        foreach (var (resource, selection) in _selections)
        {
            if (keys.ChangedKeys.Any(selection.Covers))
            {
                _agenda.Change(resource, Now);
            }
        }
    }

    private void NoteBack()
    {
        if (_isLost)
        {
            SessionLog.Back(_logger);
            _isLost = false;
        }
    }

    private void Apply(TurnReport report)
    {
        _agenda.Finish(report.Resource, report.Outcome, Now, Random.Shared.NextDouble());
        if (report.Outcome.Reload == ReloadOutcome.PutOff)
        {
            TurnLog.ReloadPutOff(_logger, report.Resource.Destination);
        }
    }

    private void ChangeAll()
    {
        foreach (var resource in _agenda.Resources)
        {
            _agenda.Change(resource, Now);
        }
    }

    private void DescribeState()
    {
        var owed = string.Join(", ", _agenda.OwedReloads);
        SessionLog.State(_logger, _selections.Count, _groups.Count(group => !group.IsCompleted),
            _state?.Revision ?? 0, _isLost ? "away" : "followed", owed.Length == 0 ? "none" : owed);
    }

    // Reading from the start again is also how a full reading is made: the first update of a stream is everything.
    private void Follow()
    {
        var former = (Following: _following, Pump: _pump);
        _following = new CancellationTokenSource();
        former.Following.Cancel();
        var roots = KeySelection.Outermost(_selections.SelectMany(selection => selection.Selection.Roots));
        _pump = PumpAsync(former.Pump, roots, _following.Token);
        var isRepeated = _settings.Mode == RunMode.Watch && _settings.Interval > TimeSpan.Zero;
        _resyncAt = isRepeated ? Now + _settings.Interval : TimeSpan.MaxValue;
    }

    private async Task PumpAsync(Task former, IReadOnlyList<string> roots, CancellationToken cancellationToken)
    {
        await former;
        try
        {
            var polling = new Polling(_settings.Interval, _settings.BackendTimeout);
            var updates = _settings.Mode == RunMode.Watch
                ? _source.FollowAsync(roots, cancellationToken)
                : PolledSource.PollAsync(_source, roots, polling, _clock, cancellationToken);
            await foreach (var update in updates)
            {
                await _room.WaitAsync(cancellationToken);
                _events.TryWrite(new LoopEvent.SourceSaid(update));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The session stops or begins to read anew.
        }
        catch
        {
            _events.TryWrite(new LoopEvent.WorkFailed());
            throw;
        }
    }

    private async Task StopFollowingAsync()
    {
        await _following.CancelAsync();
        await _pump;
    }

    private async Task RunGroupAsync(IReadOnlyList<Turn> turns, KeyState state)
    {
        // A rendering may take long; the loop goes on meanwhile.
        await Task.Yield();
        IReadOnlyList<TurnReport> reports;
        try
        {
            reports = await _runner.RunAsync(turns, state, _killing.Token);
        }
        catch (OperationCanceledException) when (_killing.IsCancellationRequested)
        {
            SessionLog.CommandKilled(_logger, string.Join(", ", turns.Select(turn => turn.Resource.Destination)));
            return;
        }
        catch
        {
            _events.TryWrite(new LoopEvent.WorkFailed());
            throw;
        }

        _events.TryWrite(new LoopEvent.GroupDone(reports));
    }

    private TimeSpan? PauseUntil(TimeSpan moment)
    {
        if (moment == TimeSpan.MaxValue)
        {
            return null;
        }

        var pause = moment - Now;
        return pause > TimeSpan.Zero ? pause : TimeSpan.Zero;
    }
}

/// <summary>What a session is made of.</summary>
internal sealed record SessionParts(
    ConfdSettings Settings, IKeySource Source, TemplateRenderer Renderer, GroupRunner Runner);
