using System.Globalization;
using System.Text;
using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Proposals;
using Sync.Raft.Reads;
using Sync.Raft.Roles;
using Sync.Raft.Tests.Cluster;

namespace Sync.Raft.Tests.Scenarios;

/// <summary>
/// Plays a scenario: paragraphs of commands, each followed by <c>----</c> and what they caused. See README.md
/// beside it for the commands.
/// </summary>
internal sealed class Scenario
{
    private const string Separator = "----";

    private readonly StringBuilder _output = new();
    private Group _group = new(voters: 1);
    private bool _isSettling;

    /// <summary>Plays a text.</summary>
    /// <returns>The text with what happened in place of what was expected.</returns>
    public string Play(string text)
    {
        var isExpectation = false;
        var commands = new List<string>();
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (isExpectation && line.Length > 0)
            {
                continue;
            }

            isExpectation = line == Separator;
            _output.Append(line).Append('\n');
            if (isExpectation)
            {
                commands.ForEach(Execute);
                commands.Clear();
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                commands.Add(line);
            }
        }

        return _output.ToString();
    }

    private void Execute(string line)
    {
        var words = line.Split(' ');
        var arguments = words[1..];
        switch (words[0])
        {
            case "group":
                _group = new Group(Number(arguments[0]), settings => Adjust(settings, arguments[1..]));
                _group.Trace = PrintTrace;
                break;
            case "settle":
                _isSettling = true;
                _group.Settle([.. arguments.Select(Number)]);
                _isSettling = false;
                break;
            case "deliver":
                _group.Deliver(Between(arguments));
                break;
            case "drop":
                _group.Drop(Between(arguments));
                break;
            case "cut":
                _group.Cut(Number(arguments[0]), Number(arguments[1]));
                break;
            case "isolate":
                _group.Isolate(Number(arguments[0]));
                break;
            case "heal":
                _group.Heal();
                break;
            case "join":
                _group.Join(Number(arguments[0]));
                break;
            case "end-snapshot":
                _group.EndStreamAt(0);
                break;
            case "fail-snapshot":
                _group.FailStreamAt(0);
                break;
            default:
                ExecuteAt(_group[Number(arguments[0])], words[0], arguments[1..]);
                break;
        }
    }

    private void ExecuteAt(Member member, string command, string[] arguments)
    {
        switch (command)
        {
            case "campaign":
                member.Core.Campaign();
                break;
            case "lead":
                Lead(member);
                break;
            case "tick":
                Tick(member, arguments is [var ticks] ? Number(ticks) : 1);
                break;
            case "propose":
                Print(member.Core.Propose([.. arguments.Select(Payload)]));
                break;
            case "change":
                Print(member.Core.Propose(Change(arguments)));
                break;
            case "leave":
                Print(member.Core.Propose(ConfigurationChange.LeaveJoint));
                break;
            case "configuration":
                Print($"{member.Id} knows {member.Core.Configuration}");
                break;
            case "read":
                var read = new ReadContext((ulong)Number(arguments[0]));
                Print(member.Core.ReadIndex(read) ? "asked" : "refused, no leader");
                break;
            case "transfer":
                Print(member.Core.TransferLeadership(Group.Id(Number(arguments[0]))));
                break;
            case "unreachable":
                member.Core.ReportUnreachable(Group.Id(Number(arguments[0])));
                break;
            case "ready":
                _group.Turn(member);
                break;
            case "persist":
                _group.Persist(member);
                break;
            case "crash":
                _group.ForgetStreamsOf(member.Id);
                member.Crash();
                Print($"{member.Id} restarted");
                break;
            case "compact":
                member.Compact(new LogIndex((ulong)Number(arguments[0])));
                break;
            case "log":
                Print($"{member.Id} holds {TraceText.Of(member.Log.Entries.ToArray())}");
                break;
            case "status":
                PrintStatus(member.Core.Status);
                break;
            default:
                throw new FormatException($"A scenario knows no command '{command}'.");
        }
    }

    private void Lead(Member member)
    {
        _group.Trace = static _ => { };
        member.Core.Campaign();
        _group.Settle();
        _group.Trace = PrintTrace;
        PrintStatus(member.Core.Status);
    }

    // Ticks that cause nothing but heartbeats would drown the rest, so time passes without settling.
    private static void Tick(Member member, int ticks)
    {
        for (var tick = 0; tick < ticks; tick++)
        {
            member.Core.Tick();
        }
    }

    // What is sent while the group settles is seen again when it arrives, and every write ends.
    private void PrintTrace(string line)
    {
        var isSeenLater = line.Contains(" sends ") || line.EndsWith(" persisted", StringComparison.Ordinal);
        if (!_isSettling || !isSeenLater)
        {
            Print(line);
        }
    }

    private void Print(string line) => _output.Append(line).Append('\n');

    private void Print(ProposalOutcome outcome) => Print(outcome switch
    {
        ProposalOutcome.Accepted accepted => $"accepted at {accepted.Term}/{accepted.FirstIndex}",
        ProposalOutcome.NotLeader refused => $"refused, leader {refused.Leader}",
        ProposalOutcome.LeadershipMoving refused => $"refused, leadership moves to {refused.Successor}",
        ProposalOutcome.TooLarge refused => $"refused, {refused.Bytes} bytes are too many",
        ProposalOutcome.TooMuchUncommitted refused => $"refused, {refused.UncommittedBytes} bytes wait",
        ProposalOutcome.ChangeUnderWay => "refused, a change is under way",
        ProposalOutcome.ChangeRefused refused => $"refused, {refused.Refusal}",
        _ => throw new InvalidOperationException($"{outcome} has no text."),
    });

    private void Print(TransferOutcome outcome) => Print(outcome switch
    {
        TransferOutcome.Started => "started",
        TransferOutcome.AlreadyLeader => "refused, leads already",
        TransferOutcome.NotLeader refused => $"refused, leader {refused.Leader}",
        TransferOutcome.NotVoter => "refused, no voter",
        _ => throw new InvalidOperationException($"{outcome} has no text."),
    });

    private void PrintStatus(ConsensusStatus status)
    {
        Print($"{status.Member} {status.Role} term {status.Term} vote {status.Vote} leader {status.Leader}"
            + $" last {status.LastIndex} persisted {status.Persisted} commit {status.Commit}"
            + $" applied {status.Applied} uncommitted {status.UncommittedBytes}");
        foreach (var follower in status.Followers)
        {
            Print($"  {follower.Member} match {follower.Match} next {follower.Next}"
                + (follower.IsLearner ? " learner" : "")
                + (follower.IsAwaitingSnapshot ? " awaiting a snapshot"
                    : follower.IsReplicating ? " replicating" : " probing")
                + $" inflight {follower.InflightMessages}"
                + (follower.IsActive ? " active" : ""));
        }
    }

    private static ConsensusSettings Adjust(ConsensusSettings settings, string[] arguments)
    {
        foreach (var argument in arguments)
        {
            settings = argument.Split('=') switch
            {
                ["no-pre-vote"] => settings with { PreVote = false },
                ["no-check-quorum"] => settings with { CheckQuorum = false },
                ["message-bytes", var value] => settings with { MessageBytesMax = Number(value) },
                ["heartbeat-ticks", var value] => settings with { HeartbeatTicks = Number(value) },
                ["inflight-bytes", var value] => settings with { InflightBytesMax = Number(value) },
                ["inflight", var value] => settings with { InflightMessagesMax = Number(value) },
                ["proposal-bytes", var value] => settings with { ProposalBytesMax = (int)Number(value) },
                ["uncommitted-bytes", var value] => settings with { UncommittedBytesMax = Number(value) },
                ["lease-reads"] => settings with { LeaseReads = true },
                ["disk-stall-ticks", var value] => settings with { DiskStallTicksMax = Number(value) },
                ["apply-bytes", var value] => settings with { ApplyBytesMax = Number(value) },
                _ => throw new FormatException($"A group knows no setting '{argument}'."),
            };
        }

        return settings;
    }

    // +4 adds voter 4, ~4 adds it as a learner, -4 removes it.
    private static ConfigurationChange Change(string[] arguments)
    {
        var changes = arguments.Where(argument => "+~-".Contains(argument[0])).Select(argument =>
        {
            var member = Group.Id(Number(argument[1..]));
            return argument[0] switch
            {
                '+' => MemberChange.AddVoter(member),
                '~' => MemberChange.AddLearner(member),
                _ => MemberChange.Remove(member),
            };
        });
        var transition = arguments.Contains("until-told") ? ChangeTransition.JointUntilTold
            : arguments.Contains("joint") ? ChangeTransition.JointLeftByItself
            : ChangeTransition.Automatic;
        return new ConfigurationChange(
            [.. changes], transition, arguments.Contains("forbidden") ? Member.Forbidden : default);
    }

    private static Predicate<Message> Between(string[] arguments) => arguments switch
    {
        [] => _ => true,
        [var to] => message => message.To == Group.Id(Number(to)),
        [var from, var to] => message =>
            message.From == Group.Id(Number(from)) && message.To == Group.Id(Number(to)),
        _ => throw new FormatException("Messages are chosen by receiver, or by sender and receiver."),
    };

    private static ReadOnlyMemory<byte> Payload(string text) => Encoding.UTF8.GetBytes(text);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
