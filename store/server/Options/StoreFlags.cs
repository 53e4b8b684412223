using System.CommandLine;
using System.Globalization;
using System.Numerics;
using Sync.Member.Membership;

namespace Sync.Store.Options;

/// <summary>The server's flags, with etcd's names, defaults and environment variables.</summary>
/// <remarks>Source: etcd configuration flags.</remarks>
internal sealed class StoreFlags
{
    private const string DefaultClientUrl = "http://localhost:2379";
    private const string DefaultPeerUrl = "http://localhost:2380";
    private const long QuotaBytesAdvised = 8L << 30;
    private const int RequestBytesCeiling = 32 * 1024 * 1024;

    private readonly Option<string> _name =
        Flag("name", "default", "Name of this member; it stands in --initial-cluster.");

    private readonly Option<string> _dataDirectory =
        Flag("data-dir", "", "Folder of the data. Default: NAME.etcd.");

    private readonly Option<string> _logDirectory =
        Flag("wal-dir", "", "Folder of the write-ahead log, as a rule on another device. Default: with the data.");

    private readonly Option<string> _listenClientUrls =
        Flag("listen-client-urls", DefaultClientUrl, "URLs to listen on for clients, comma-separated.");

    private readonly Option<string> _advertiseClientUrls =
        Flag("advertise-client-urls", DefaultClientUrl, "Client URLs that members tell clients to use.");

    private readonly Option<string> _listenPeerUrls =
        Flag("listen-peer-urls", DefaultPeerUrl, "URLs to listen on for other members.");

    private readonly Option<string> _initialAdvertisePeerUrls =
        Flag("initial-advertise-peer-urls", DefaultPeerUrl, "This member's peer URLs at bootstrap.");

    private readonly Option<string> _initialCluster =
        Flag("initial-cluster", "", "Members at bootstrap: name=url,... Default: this member alone.");

    private readonly Option<string> _initialClusterState =
        Flag("initial-cluster-state", "new", "new or existing.");

    private readonly Option<string> _initialClusterToken =
        Flag("initial-cluster-token", "etcd-cluster", "Keeps clusters of equal members apart at bootstrap.");

    private readonly Option<bool> _forceNewCluster =
        Flag("force-new-cluster", false, "Drop all other members, which are lost for good, and go on alone.");

    private readonly Option<bool> _strictReconfiguration =
        Flag("strict-reconfig-check", true, "Refuse changes of the members that would put the majority at risk.");

    private readonly Option<int> _learners =
        Number("max-learners", 1, "Members without a vote that the cluster may have.");

    private readonly Option<long> _snapshotRate =
        Number("snapshot-bytes-per-second", 33_554_432L, "Pace of a snapshot to a member far behind. 0: no limit.");

    private readonly Option<long> _snapshotCount =
        Number("snapshot-count", 10_000L, "Log entries between two checkpoints.");

    private readonly Option<long> _snapshotCatchUpEntries =
        Number("snapshot-catchup-entries", 5_000L, "Log entries kept for followers that are a little behind.");

    private readonly Option<long> _heartbeatInterval =
        Number("heartbeat-interval", 100L, "Milliseconds between heartbeats.");

    private readonly Option<long> _electionTimeout =
        Number("election-timeout", 1_000L, "Milliseconds without a leader before an election.");

    private readonly Option<bool> _preVote =
        Flag("pre-vote", true, "Ask whether an election could be won before the term is raised for it.");

    private readonly Option<long> _quota =
        Number("quota-backend-bytes", 0L, "Data size that stops writes, bytes. 0: 2 GiB. Negative: no limit.");

    private readonly Option<int> _transactionOperations =
        Number("max-txn-ops", 128, "Operations allowed in one transaction.");

    private readonly Option<int> _requestBytes =
        Number("max-request-bytes", 1_572_864, "Bytes allowed in one request.");

    private readonly Option<long> _concurrentStreams =
        Number("max-concurrent-streams", 4_294_967_295L, "Streams allowed on one client connection.");

    private readonly Option<string> _compactionMode =
        Flag("auto-compaction-mode", "periodic", "periodic or revision.");

    private readonly Option<string> _compactionRetention =
        Flag("auto-compaction-retention", "0", "History kept: hours, a duration, or revisions. 0: off.");

    private readonly Option<string> _progressInterval =
        Flag("watch-progress-notify-interval", "10m", "Time between progress notifications, at least 100ms.");

    private readonly DiscoveryFlags _discovery = new();
    private readonly PortTlsFlags _tls = new(isForMembers: false);
    private readonly PortTlsFlags _peerTls = new(isForMembers: true);
    private readonly CommonTlsFlags _commonTls = new();
    private readonly FeatureFlags _features = new();
    private readonly CorruptionFlags _corruption = new();
    private readonly InertFlags _inert = new();

    private readonly Option<string> _logLevel =
        Flag("log-level", "info", "debug, info, warn, error, panic or fatal.");

    private readonly Option<string> _logFormat =
        Flag("log-format", "json", "json or console.");

    private readonly Option<string> _etcdVersion =
        Flag("etcd-version", "3.6.1", "The etcd version told to clients, which choose features by it.");

    /// <summary>Builds the definitions.</summary>
    public StoreFlags()
    {
        Command = new RootCommand(
            "Sync's store: a replicated key-value store that speaks etcd's API. Exit codes: 0 stopped by SIGTERM or SIGINT, "
            + "1 a setting that cannot be used, or could not start or go on, 2 a command line that cannot be read, 3 an "
            + "invariant broke.")
        {
            _name, _dataDirectory, _logDirectory, _listenClientUrls, _advertiseClientUrls, _listenPeerUrls,
            _initialAdvertisePeerUrls, _initialCluster, _initialClusterState, _initialClusterToken,
            _forceNewCluster, _strictReconfiguration, _learners, _snapshotRate, _snapshotCount,
            _snapshotCatchUpEntries, _heartbeatInterval, _electionTimeout, _preVote, _quota, _transactionOperations,
            _requestBytes, _concurrentStreams, _compactionMode, _compactionRetention, _progressInterval,
            _logLevel, _logFormat, _etcdVersion,
        };
        IEnumerable<Option>[] groups =
        [
            _tls.Options, _peerTls.Options, _commonTls.Options, _features.Options, _corruption.Options, _inert.Options,
            _discovery.Options,
        ];
        foreach (var option in groups.SelectMany(group => group))
        {
            Command.Add(option);
        }
    }

    /// <summary>The root command that carries the flags, for parsing and for <c>--help</c>.</summary>
    public RootCommand Command { get; }

    /// <summary>Parses arguments; none of them is taken for the name of a file with more.</summary>
    /// <param name="arguments">As <see cref="CommandLineArguments"/> has them.</param>
    public ParseResult Parse(IReadOnlyList<string> arguments) =>
        Command.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });

    /// <summary>Checks the flags' values and the rules between them.</summary>
    /// <param name="parsed">A command line without usage errors.</param>
    /// <param name="faults">Receives one sentence for each fault; the settings are usable only when none was added.</param>
    public StoreSettings Read(ParseResult parsed, List<string> faults)
    {
        var name = parsed.GetRequiredValue(_name);
        var listenClient = ListenUrl.ParseList(
            "--listen-client-urls", parsed.GetRequiredValue(_listenClientUrls), faults);
        var listenPeer = ListenUrl.ParseList(
            "--listen-peer-urls", parsed.GetRequiredValue(_listenPeerUrls), faults);
        var tls = _commonTls.Read(parsed, faults);
        var warnings = new List<string>();
        var features = _features.Read(parsed, faults, warnings);
        _inert.Check(parsed, faults, warnings);
        var discovery = _discovery.Read(parsed, parsed.GetRequiredValue(_initialCluster), faults);

        var advertisedPeers = UrlList.ParseAdvertised(
            _initialAdvertisePeerUrls.Name, parsed.GetRequiredValue(_initialAdvertisePeerUrls), faults);
        var foundingFaults = new List<string>();
        return new StoreSettings
        {
            Name = name,
            DataDirectory = parsed.GetRequiredValue(_dataDirectory) is { Length: > 0 } folder ? folder : $"{name}.etcd",
            LogDirectory = parsed.GetRequiredValue(_logDirectory) is { Length: > 0 } log ? log : null,
            ListenClientUrls = listenClient,
            AdvertiseClientUrls = ReadAdvertised(parsed, faults),
            ListenPeerUrls = listenPeer,
            Cluster = ReadCluster(parsed, name, advertisedPeers, discovery, faults, foundingFaults),
            Discovery = discovery,
            FoundingFaults = foundingFaults,
            AdvertisedPeerUrls = advertisedPeers,
            Warnings = warnings,
            JoinsExisting = ReadJoinsExisting(parsed, faults),
            ForcesNewCluster = parsed.GetValue(_forceNewCluster),
            ChecksReconfiguration = parsed.GetValue(_strictReconfiguration),
            LearnersMax = AtLeastOne(parsed, _learners, faults),
            ChecksDataAtStart = features.ComparesAtStart,
            CorruptCheckInterval = _corruption.Read(parsed, features.ComparesCompactions, faults),
            SnapshotBytesPerSecond = ReadSnapshotRate(parsed, faults),
            SnapshotCount = AtLeastOne(parsed, _snapshotCount, faults),
            SnapshotCatchUpEntries = AtLeastOne(parsed, _snapshotCatchUpEntries, faults),
            HeartbeatInterval = TimeSpan.FromMilliseconds(AtLeastOne(parsed, _heartbeatInterval, faults)),
            ElectionTimeout = ReadElectionTimeout(parsed, faults),
            AsksBeforeElections = parsed.GetValue(_preVote),
            QuotaBytes = ReadQuota(parsed, warnings),
            TransactionOperationsMax = AtLeastOne(parsed, _transactionOperations, faults),
            RequestBytesMax = ReadRequestBytes(parsed, faults),
            StreamsPerConnectionMax =
                (int)Math.Min(AtLeastOne(parsed, _concurrentStreams, faults), int.MaxValue),
            AutoCompaction = AutoCompaction.Parse(
                parsed.GetRequiredValue(_compactionMode), parsed.GetRequiredValue(_compactionRetention), faults),
            WatchProgressInterval = ReadProgressInterval(parsed, faults),
            Tls = _tls.Read(parsed, tls, listenClient, faults),
            PeerTls = _peerTls.Read(parsed, tls, listenPeer, faults),
            EtcdVersion = ReadVersion(parsed, faults),
            LogLevel = ReadLogLevel(parsed, faults),
            LogsJson = ReadLogFormat(parsed, faults),
        };
    }

    /// <summary>Defines a flag.</summary>
    internal static Option<T> Flag<T>(string name, T value, string description) =>
        new($"--{name}") { Description = description, DefaultValueFactory = _ => value };

    /// <summary>Defines a flag whose value is a whole number.</summary>
    internal static Option<T> Number<T>(string name, T value, string description)
        where T : struct, INumber<T>, IMinMaxValue<T>
    {
        var option = Flag(name, value, description);
        option.CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }

            result.AddError(string.Create(
                CultureInfo.InvariantCulture,
                $"{option.Name}: {text} is no whole number up to {T.MaxValue}; write one such as {value}."));
            return value;
        };
        return option;
    }

    private static T AtLeastOne<T>(ParseResult parsed, Option<T> option, List<string> faults)
        where T : INumber<T>
    {
        var value = parsed.GetRequiredValue(option);
        if (value < T.One)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"{option.Name}: {value} must be at least 1."));
        }

        return value;
    }

    private List<string> ReadAdvertised(ParseResult parsed, List<string> faults)
    {
        var listensByFlag = parsed.GetResult(_listenClientUrls) is { Implicit: false };
        var advertisesByFlag = parsed.GetResult(_advertiseClientUrls) is { Implicit: false };
        if (listensByFlag && !advertisesByFlag)
        {
            faults.Add("--advertise-client-urls is required when --listen-client-urls is set explicitly.");
        }

        return UrlList.ParseAdvertised(
            "--advertise-client-urls", parsed.GetRequiredValue(_advertiseClientUrls), faults);
    }

    private InitialCluster ReadCluster(
        ParseResult parsed,
        string name,
        List<string> advertised,
        DiscoverySettings? discovery,
        List<string> faults,
        List<string> foundingFaults)
    {
        var value = parsed.GetRequiredValue(_initialCluster) is { Length: > 0 } given
            ? given
            : string.Join(',', advertised.Select(url => $"{name}={url}"));
        var token = discovery is DiscoverySettings.Registry { Token: var shared }
            ? shared
            : parsed.GetRequiredValue(_initialClusterToken);
        var cluster = InitialCluster.Parse(value, token, faults);
        if (cluster.PeerUrls.ContainsKey(name))
        {
            return cluster;
        }

        foundingFaults.Add($"couldn't find local name \"{name}\" in the initial cluster configuration {value}.");
        return cluster.With(name, advertised);
    }

    private bool ReadJoinsExisting(ParseResult parsed, List<string> faults)
    {
        if (parsed.GetRequiredValue(_initialClusterState) is not ("new" or "existing") and var state)
        {
            faults.Add($"unexpected clusterState \"{state}\". --initial-cluster-state is new or existing.");
        }

        return parsed.GetRequiredValue(_initialClusterState) == "existing";
    }

    // Source: etcd, server/storage/quota.go, MaxQuotaBytes.
    private long? ReadQuota(ParseResult parsed, List<string> warnings)
    {
        var bytes = parsed.GetValue(_quota);
        if (bytes > QuotaBytesAdvised)
        {
            warnings.Add($"{_quota.Name}: {bytes} is above {QuotaBytesAdvised}, the most that is advised: the index of so "
                + "much must fit in memory, and a snapshot of it takes long.");
        }

        return bytes switch { 0 => 2L << 30, < 0 => null, _ => bytes };
    }

    private long? ReadSnapshotRate(ParseResult parsed, List<string> faults)
    {
        var rate = parsed.GetValue(_snapshotRate);
        if (rate < 0)
        {
            faults.Add(string.Create(
                CultureInfo.InvariantCulture, $"--snapshot-bytes-per-second: {rate} must be at least 0, which is no limit."));
        }

        return rate > 0 ? rate : null;
    }

    private TimeSpan ReadElectionTimeout(ParseResult parsed, List<string> faults)
    {
        var heartbeat = parsed.GetValue(_heartbeatInterval);
        var election = parsed.GetValue(_electionTimeout);
        if (election < 5 * heartbeat)
        {
            faults.Add($"--election-timeout[{election}ms] should be at least as 5 times as "
                + $"--heartbeat-interval[{heartbeat}ms].");
        }

        if (election > 50_000)
        {
            faults.Add($"--election-timeout[{election}ms] is too long, and should be set less than 50000ms.");
        }

        return TimeSpan.FromMilliseconds(election);
    }

    private int ReadRequestBytes(ParseResult parsed, List<string> faults)
    {
        var bytes = AtLeastOne(parsed, _requestBytes, faults);
        if (bytes > RequestBytesCeiling)
        {
            faults.Add($"--max-request-bytes: {bytes} is above {RequestBytesCeiling}, the most that the log takes.");
        }

        return bytes;
    }

    private TimeSpan ReadProgressInterval(ParseResult parsed, List<string> faults)
    {
        var text = parsed.GetRequiredValue(_progressInterval);
        if (GoDuration.Parse(text) is { } interval && interval >= TimeSpan.FromMilliseconds(100))
        {
            return interval;
        }

        faults.Add($"--watch-progress-notify-interval: {text} must be a duration of at least 100ms, such as 10m.");
        return TimeSpan.FromMinutes(10);
    }

    private string ReadVersion(ParseResult parsed, List<string> faults)
    {
        var version = parsed.GetRequiredValue(_etcdVersion);
        if (ClusterVersion.Parse(version) is null || version.Count(letter => letter == '.') != 2)
        {
            faults.Add($"--etcd-version: {version} is not of the form 3.6.1.");
        }

        return version;
    }

    private LogLevel ReadLogLevel(ParseResult parsed, List<string> faults)
    {
        switch (parsed.GetRequiredValue(_logLevel))
        {
            case "debug": return LogLevel.Debug;
            case "info": return LogLevel.Information;
            case "warn": return LogLevel.Warning;
            case "error": return LogLevel.Error;
            case "panic" or "fatal": return LogLevel.Critical;
            case var level:
                faults.Add($"--log-level: {level} is not one of debug, info, warn, error, panic, fatal.");
                return LogLevel.Information;
        }
    }

    private bool ReadLogFormat(ParseResult parsed, List<string> faults)
    {
        if (parsed.GetRequiredValue(_logFormat) is not ("json" or "console") and var format)
        {
            faults.Add($"--log-format: {format} is not json or console.");
        }

        return parsed.GetRequiredValue(_logFormat) == "json";
    }
}
