using System.CommandLine;

namespace Sync.Store.Options;

/// <summary>What etcd turns on and off by <c>--feature-gates</c>, and by a flag of its own before 3.6.</summary>
/// <remarks>Source: etcd, server/features/etcd_features.go, of its releases 3.6 and 3.7.</remarks>
internal sealed class FeatureFlags
{
    private const string InitialCorruptCheck = "InitialCorruptCheck";
    private const string CompactHashCheck = "CompactHashCheck";

    private static readonly Gate[] Gates =
    [
        new(InitialCorruptCheck, Stage.Alpha, "initial-corrupt-check") { IsUsed = true },
        new(CompactHashCheck, Stage.Alpha, "compact-hash-check-enabled") { IsUsed = true },
        new("StopGRPCServiceOnDefrag", Stage.Alpha, "stop-grpc-service-on-defrag"),
        new("TxnModeWriteWithSharedBuffer", Stage.Beta, "txn-mode-write-with-shared-buffer"),
        new("LeaseCheckpoint", Stage.Alpha, "enable-lease-checkpoint"),
        new("LeaseCheckpointPersist", Stage.Alpha, "enable-lease-checkpoint-persist"),
        new("SetMemberLocalAddr", Stage.Alpha, OldName: null),
        new("FastLeaseKeepAlive", Stage.Beta, OldName: null),
        new("PriorityRequest", Stage.Alpha, OldName: null),
    ];

    private static readonly Dictionary<string, Stage> Stages = new(StringComparer.Ordinal)
    {
        ["AllAlpha"] = Stage.Alpha,
        ["AllBeta"] = Stage.Beta,
    };

    private readonly Option<string> _gates = StoreFlags.Flag(
        "feature-gates", "", "Features of etcd to turn on or off: InitialCorruptCheck=true,CompactHashCheck=true.");

    private readonly Dictionary<Gate, Option<bool>> _old = Gates.Where(gate => gate.OldName is not null).ToDictionary(
        gate => gate,
        gate =>
        {
            var option = StoreFlags.Flag(
                $"experimental-{gate.OldName}", false, $"The older spelling of --feature-gates={gate.Name}=true.");
            option.Hidden = !gate.IsUsed;
            return option;
        });

    /// <summary>How far etcd is with a feature.</summary>
    private enum Stage
    {
        Alpha,
        Beta,
    }

    /// <summary>All of them.</summary>
    public IEnumerable<Option> Options => [_gates, .. _old.Values];

    /// <summary>What the store has of the features.</summary>
    /// <param name="ComparesAtStart">Whether a member compares its data with that of the others before it serves.</param>
    /// <param name="ComparesCompactions">Whether members are compared all the time.</param>
    internal readonly record struct Values(bool ComparesAtStart, bool ComparesCompactions);

    /// <summary>Reads what they say.</summary>
    /// <param name="parsed">A command line without usage errors.</param>
    /// <param name="faults">Receives one sentence for each fault.</param>
    /// <param name="warnings">Receives a sentence about what has no effect.</param>
    public Values Read(ParseResult parsed, List<string> faults, List<string> warnings)
    {
        var given = ReadGates(parsed.GetRequiredValue(_gates), faults);
        foreach (var (gate, option) in _old.Where(pair => given.ContainsKey(pair.Key.Name) && IsGiven(parsed, pair.Value)))
        {
            warnings.Add($"{option.Name} has no effect beside {_gates.Name}, which names {gate.Name}.");
        }

        var unused = Gates.Where(gate => !gate.IsUsed && (given.ContainsKey(gate.Name) || IsGivenOld(parsed, gate)))
            .Select(gate => gate.Name).ToList();
        if (unused.Count > 0)
        {
            warnings.Add($"{_gates.Name}: the store has no use for {string.Join(", ", unused)}; leave it out.");
        }

        return new Values(
            ComparesAtStart: IsOn(InitialCorruptCheck, parsed, given),
            ComparesCompactions: IsOn(CompactHashCheck, parsed, given));
    }

    private Dictionary<string, bool> ReadGates(string text, List<string> faults)
    {
        var given = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var part in CommaList.Split(text))
        {
            var (name, value) = part.Split('=', 2, StringSplitOptions.TrimEntries) is [var left, var right]
                ? (left, right)
                : (part, null);
            if (!Stages.ContainsKey(name) && !Gates.Any(gate => gate.Name == name))
            {
                faults.Add($"{_gates.Name}: unrecognized feature gate: {name}. Known are "
                    + $"{string.Join(", ", Gates.Select(gate => gate.Name).Concat(Stages.Keys))}.");
            }
            else if (value is not null && GoSwitch.Parse(value) is { } isOn)
            {
                given[name] = isOn;
            }
            else
            {
                faults.Add(value is null
                    ? $"{_gates.Name}: missing bool value for {name}; write {name}=true."
                    : $"{_gates.Name}: invalid value of {name}={value}; write {name}=true or {name}=false.");
            }
        }

        return given;
    }

    // What is named counts before what was named the old way, and both before a whole stage.
    private bool IsOn(string name, ParseResult parsed, Dictionary<string, bool> given)
    {
        if (given.TryGetValue(name, out var isOn))
        {
            return isOn;
        }

        var gate = Gates.Single(gate => gate.Name == name);
        return IsGivenOld(parsed, gate)
            ? parsed.GetValue(_old[gate])
            : Stages.Any(stage => stage.Value == gate.Stage && given.GetValueOrDefault(stage.Key));
    }

    private bool IsGivenOld(ParseResult parsed, Gate gate) =>
        _old.TryGetValue(gate, out var option) && IsGiven(parsed, option);

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    // OldName is without "experimental-"; null when there was no flag for it.
    private sealed record Gate(string Name, Stage Stage, string? OldName)
    {
        public bool IsUsed { get; init; }
    }
}
