using System.Buffers;
using Sync.Member.Forwarding;
using Sync.Raft;
using Sync.Raft.Messages;
using Sync.Simulation.Faults;
using Sync.Simulation.Scheduling;

namespace Sync.Simulation.Networks;

/// <summary>
/// The links between members. Every message crosses as the bytes of the production codec; it may be lost, doubled,
/// late and out of order, and links may be cut or clogged in one direction.
/// </summary>
internal sealed class SimulatedNetwork(EventQueue queue, RunTrace trace, RunSettings settings, Random random)
{
    private const long LeastDelay = 100;
    private const long MostDelay = 3 * Durations.Millisecond;
    private const long LongestDelay = 2 * Durations.Second;

    private readonly Dictionary<(MemberId From, MemberId To), Link> _links = [];

    /// <summary>Whether the network still loses, doubles and delays.</summary>
    public bool IsFaulty { get; set; } = true;

    /// <summary>Takes what arrives: from whom, at whom, what.</summary>
    public Action<MemberId, MemberId, ReadOnlyMemory<byte>> Deliver { get; set; } = static (_, _, _) => { };

    /// <summary>How long a packet takes on a link without faults.</summary>
    public long NextDelay() => random.Spread(LeastDelay, MostDelay);

    /// <summary>Told when something did not cross a link that is cut: who sent it, and to whom.</summary>
    public Action<MemberId, MemberId> Unreachable { get; set; } = static (_, _) => { };

    /// <summary>Sends a message of the consensus on its way.</summary>
    public void Send(Message message)
    {
        var bytes = new ArrayBufferWriter<byte>();
        MessageCodec.Encode(GroupId.First, Incarnation.First, message, bytes);
        Send(message.From, message.To, bytes.WrittenMemory);
    }

    /// <summary>Sends a message of a member on its way.</summary>
    public void Send(MemberMessage message)
    {
        var bytes = new ArrayBufferWriter<byte>();
        MemberMessageCodec.Encode(GroupId.First, Incarnation.First, message, bytes);
        Send(message.From, message.To, bytes.WrittenMemory);
    }

    /// <summary>Whether a link lets nothing through now.</summary>
    public bool IsCut(MemberId from, MemberId to) => Between(from, to) is { IsCut: true } or { IsClogged: true };

    /// <summary>Loses everything from one member to another from now on.</summary>
    public void Cut(MemberId from, MemberId to) => Between(from, to).IsCut = true;

    /// <summary>Holds everything from one member to another back from now on.</summary>
    public void Clog(MemberId from, MemberId to) => Between(from, to).IsClogged = true;

    /// <summary>Ends cuts and clogs; what was held back goes on.</summary>
    public void Heal()
    {
        foreach (var link in _links.Values)
        {
            (link.IsCut, link.IsClogged) = (false, false);
            foreach (var bytes in link.Held)
            {
                queue.After(NextDelay(), () => Deliver(link.From, link.To, bytes));
            }

            link.Held.Clear();
        }
    }

    private void Send(MemberId from, MemberId to, ReadOnlyMemory<byte> bytes)
    {
        trace.Note(TraceKind.Sent, (long)from.Value, (long)to.Value, bytes.Length);
        trace.Mix(bytes.Span);
        var link = Between(from, to);
        if (link.IsCut && random.Chance(0.3))
        {
            queue.After(NextDelay(), () => Unreachable(from, to));
        }

        Send(link, bytes);
        if (IsFaulty && settings.Faults.HasFlag(FaultKind.Doubling) && random.Chance(settings.DoublingShare))
        {
            Send(link, bytes);
        }
    }

    private void Send(Link link, ReadOnlyMemory<byte> bytes)
    {
        if (link.IsCut || (IsFaulty && settings.Faults.HasFlag(FaultKind.Loss) && random.Chance(settings.LossShare)))
        {
            trace.Note(TraceKind.Lost, (long)link.To.Value);
            return;
        }

        if (link.IsClogged)
        {
            link.Held.Add(bytes);
            return;
        }

        var delay = NextDelay();
        if (IsFaulty && settings.Faults.HasFlag(FaultKind.Delay) && random.Chance(settings.DelayShare))
        {
            delay = random.Spread(MostDelay, LongestDelay);
        }

        var arrival = queue.Now + delay;
        if (!settings.Faults.HasFlag(FaultKind.Reordering))
        {
            arrival = Math.Max(arrival, link.LastArrival);
        }

        link.LastArrival = arrival;
        queue.At(arrival, () => Deliver(link.From, link.To, bytes));
    }

    private Link Between(MemberId from, MemberId to)
    {
        if (!_links.TryGetValue((from, to), out var link))
        {
            _links[(from, to)] = link = new Link(from, to);
        }

        return link;
    }

    private sealed class Link(MemberId from, MemberId to)
    {
        public MemberId From => from;

        public MemberId To => to;

        public bool IsCut { get; set; }

        public bool IsClogged { get; set; }

        public long LastArrival { get; set; }

        public List<ReadOnlyMemory<byte>> Held { get; } = [];
    }
}
