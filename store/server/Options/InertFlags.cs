using System.CommandLine;

namespace Sync.Store.Options;

/// <summary>Flags of etcd that change nothing in the store, which says so where they would in etcd.</summary>
internal sealed class InertFlags
{
    private readonly Option<bool> _tickAdvance = StoreFlags.Flag(
        "initial-election-tick-advance",
        true,
        "Without effect: a member that votes alone leads at once, any other waits for a leader first.");

    private readonly Option<bool> _unsafeWrites = StoreFlags.Flag(
        "unsafe-no-fsync", false, "Refused: what the store acknowledges is on the disk.");

    /// <summary>All of them.</summary>
    public IEnumerable<Option> Options => [_tickAdvance, _unsafeWrites];

    /// <summary>Looks for those that would change something in etcd.</summary>
    /// <param name="parsed">A command line without usage errors.</param>
    /// <param name="faults">Receives one sentence for each that the store must not take.</param>
    /// <param name="warnings">Receives a sentence about each that has no effect.</param>
    public void Check(ParseResult parsed, List<string> faults, List<string> warnings)
    {
        if (!parsed.GetValue(_tickAdvance))
        {
            warnings.Add($"{_tickAdvance.Name}=false has no effect: a member that votes alone leads at once, and any other "
                + "waits for a leader as long as --election-timeout says in any case.");
        }

        if (parsed.GetValue(_unsafeWrites))
        {
            faults.Add($"{_unsafeWrites.Name}: a crash would lose writes that were acknowledged, and a vote that was given "
                + "could be given twice; leave it out, and lay --data-dir on a faster disk, or in memory for a test.");
        }
    }
}
