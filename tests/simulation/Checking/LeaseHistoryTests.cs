using Sync.Simulation.Histories;
using Sync.Simulation.Scheduling;
using static Sync.Simulation.Histories.KvRequest;
using static Sync.Simulation.Histories.KvResponse;

namespace Sync.Simulation.Checking;

public class LeaseHistoryTests
{
    private static readonly Dictionary<string, (Verdict Verdict, HandWrittenHistory History)> Histories = new()
    {
        ["a life"] = (Verdict.Linearizable, Granted().Op(2, 3, Keep, Alive).Op(4, 5, End, new Revoked(1)).Op(6, 7, Keep, Dead)),
        ["a renewal after the end"] = (Verdict.Violated, Granted().Op(4, 5, End, new Revoked(1)).Op(6, 7, Keep, Alive)),
        ["a renewal that finds nothing before the end"] = (Verdict.Violated, Granted().Op(2, 3, Keep, Dead).Op(4, 5, End, new Revoked(1))),
        ["a renewal before the grant"] = (Verdict.Violated, new HandWrittenHistory().Op(0, 1, Keep, Alive).Op(2, 3, Begin, new Granted(1))),
        ["a renewal while the lease ends"] = (Verdict.Linearizable, Granted().Op(4, 9, End, new Revoked(1)).Op(5, 6, Keep, Alive)),
        ["a lease ends twice"] = (Verdict.Violated, Granted().Op(4, 5, End, new Revoked(1)).Op(6, 7, End, new Revoked(1))),
        ["a lease of a grant that nobody heard of"] = (Verdict.Linearizable, new HandWrittenHistory().Unknown(0, Begin).Op(1, 2, Keep, Alive)),
        ["a refused end while the lease lives"] = (Verdict.Violated,
            Granted().Op(4, 5, End, new Refused(KvRefusal.LeaseNotFound)).Op(6, 7, Keep, Alive)),
    };

    public static TheoryData<string> Names => [.. Histories.Keys];

    private static Grant Begin => new(7, 5);

    private static KeepAlive Keep => new(7);

    private static Revoke End => new(7);

    private static KeptAlive Alive => new(IsAlive: true);

    private static KeptAlive Dead => new(IsAlive: false);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_history_of_a_lease_gets_its_verdict(string name)
    {
        var (verdict, history) = Histories[name];

        LinearizabilityChecker<LeaseModel.Life>.Check(new LeaseModel(), history.Operations).Verdict.Should().Be(verdict);
    }

    [Theory]
    [InlineData(7.1, true)]
    [InlineData(6.9, false)]
    public void A_lease_lives_as_long_as_its_last_renewal_promised(double endSeconds, bool isKept)
    {
        var history = new HandWrittenHistory()
            .Op(0, Durations.Second / 2, Begin, new Granted(1))
            .Op(2 * Durations.Second, 3 * Durations.Second, Keep, Alive);

        var fault = LeaseTimes.Faults(history.Operations[0], history.Operations, (long)(endSeconds * Durations.Second));

        (fault is null).Should().Be(isKept);
    }

    private static HandWrittenHistory Granted() => new HandWrittenHistory().Op(0, 1, Begin, new Granted(1));
}
