using Microsoft.Extensions.Logging;
using Sync.Confd.Plan.Keys;
using Sync.Confd.Plan.Resources;
using Sync.Confd.Plan.Scheduling;
using Sync.Etcd.Client.Connections;
using Sync.Templates;

namespace Sync.Confd.Options;

/// <summary>
/// Puts the places of settings together: defaults, then confd.toml, then the environment, then the command line; a
/// later place wins, and a list given there replaces the whole list.
/// </summary>
internal sealed class SettingsReader
{
    private static readonly string[] KnownElsewhere =
    [
        "acm", "consul", "dynamodb", "etcdv2", "imds", "metad", "rancher", "redis", "secretsmanager", "ssm", "vault",
        "zookeeper",
    ];

    private static readonly string[] VariablesOfEtcdctl = ["ETCDCTL_PEERS", "ETCDCTL_ENDPOINTS"];

    private readonly IReadOnlyList<SettingLayer> _layers;
    private readonly IReadOnlyDictionary<string, string> _variables;
    private readonly List<Diagnostic> _diagnostics;

    private SettingsReader(
        IReadOnlyList<SettingLayer> layers, IReadOnlyDictionary<string, string> variables)
    {
        _layers = layers;
        _variables = variables;
        _diagnostics = [.. layers.SelectMany(layer => layer.Diagnostics)];
    }

    /// <summary>Settles everything.</summary>
    /// <param name="layers">The places, the strongest last.</param>
    /// <param name="variables">The environment, for the defaults that etcdctl's variables give.</param>
    public static SettingsResult Read(
        IReadOnlyList<SettingLayer> layers, IReadOnlyDictionary<string, string> variables)
    {
        var reader = new SettingsReader(layers, variables);
        var settings = reader.Settle();
        var isUsable = !reader._diagnostics.Any(diagnostic => diagnostic.IsError);
        return new SettingsResult(isUsable ? settings : null, reader._diagnostics);
    }

    /// <summary>The name by which a backend is known here, or null when it is no backend at all.</summary>
    public static string? BackendNamed(string name) => name switch
    {
        "etcd" or "etcdv3" => "etcd",
        "env" or "file" => name,
        _ => KnownElsewhere.Contains(name) ? name : null,
    };

    private ConfdSettings Settle() => new()
    {
        Backend = SettleBackend(),
        ConfigFolder = Text(Flags.ConfigFolder),
        Mode = Truth(Flags.OneTime) ? RunMode.OneTime : Truth(Flags.Watch) ? RunMode.Watch : RunMode.Interval,
        Interval = SettleInterval(),
        Prefix = Text(Flags.Prefix),
        PrefixMode = Choice(Flags.PrefixMode, ("replace", PrefixMode.Replace), ("join", PrefixMode.Join)),
        IsNoop = Truth(Flags.Noop),
        ShowsDifferences = Truth(Flags.Differences),
        DifferenceContextLines = Number(Flags.DifferenceContext),
        HasDetailedExitCode = Truth(Flags.DetailedExitCode),
        IsSyncOnly = Truth(Flags.SyncOnly),
        KeepsStageFile = Truth(Flags.KeepStageFile),
        FailsFast = Choice(Flags.FailureMode, ("best-effort", false), ("fail-fast", true)),
        ForcesReload = Truth(Flags.ForceReload),
        LogLevel = SettleLogLevel(),
        LogsJson = Choice(Flags.LogFormat, ("text", false), ("json", true)),
        ChecksConfigOnly = Truth(Flags.CheckConfig),
        Wait = SettleWait(),
        WaitForBackend = Duration(Flags.WaitForBackend),
        BackendTimeout = Duration(Flags.BackendTimeout),
        CheckTimeout = Duration(Flags.CheckTimeout),
        ReloadTimeout = Duration(Flags.ReloadTimeout),
        ShutdownTimeout = Duration(Flags.ShutdownTimeout),
        Secrets = new SecretFiles(ExistingFile(Flags.SecretKeyring, "armored secret keys"),
            ExistingFile(Flags.SecretKeyFile, "32 bytes, or base64 of them,")),
        Templates = new TemplateOptions
        {
            Functions = Choice(Flags.Functions, ("auto", FunctionsOf(Text(Flags.Backend))), ("confd", FunctionSet.Confd), ("yunify", FunctionSet.Yunify),
                ("abtreece", FunctionSet.Abtreece), ("consul-template", FunctionSet.ConsulTemplate)),
            MissingKey = Choice(Flags.MissingKey, ("default", MissingKey.Default), ("error", MissingKey.Error),
                ("zero", MissingKey.Zero)),
            NewerGoSyntax = Choice(Flags.GoSyntax, ("1.19", false), ("1.24", true)),
            ScribanReachesOutside = Truth(Flags.ScribanOutside),
            DecryptsValues = Text(Flags.SecretKeyring).Length > 0,
            Limits = new RenderLimits
            {
                LoopIterationsMax = Number(Flags.TemplateLoops),
                RecursionDepthMax = Number(Flags.TemplateDepth),
                OutputBytesMax = Number(Flags.TemplateOutput),
                Duration = Duration(Flags.TemplateTimeout),
            },
        },
    };

    private string ExistingFile(Flag flag, string content)
    {
        var path = Text(flag);
        if (path.Length > 0 && !File.Exists(path))
        {
            Fault(flag, $"cannot find {path}; name a file of {content} that this user may read");
        }

        return path;
    }

    /// <summary>The functions of the program that a backend's users come from.</summary>
    internal static FunctionSet FunctionsOf(string backend) => backend == "metad" ? FunctionSet.Yunify : FunctionSet.Confd;

    private LogLevel SettleLogLevel()
    {
        switch (Text(Flags.LogLevel))
        {
            case "panic" or "fatal":
                return LogLevel.Critical;
            case "error":
                return LogLevel.Error;
            case "warn" or "warning":
                return LogLevel.Warning;
            case "" or "info":
                return LogLevel.Information;
            case "debug":
                return LogLevel.Debug;
            case "trace":
                return LogLevel.Trace;
            case var other:
                Fault(Flags.LogLevel, $"not a valid level: \"{other}\"; use error, warn, info, debug or trace");
                return LogLevel.Information;
        }
    }

    private Backend SettleBackend()
    {
        var name = Text(Flags.Backend);
        WarnOfUnread(BackendNamed(name) ?? name);
        switch (BackendNamed(name))
        {
            case "etcd":
                return SettleEtcd();
            case "env":
                return new Backend.Environment();
            case "file":
                return new Backend.Files(RequireFiles(), Text(Flags.Filter));
            case { } known:
                Fault(Flags.Backend, $"backend {known} is not part of this version; use etcd, env or file");
                return new Backend.Environment();
            case null:
                Fault(Flags.Backend, $"Invalid backend \"{name}\"; use etcd, env or file");
                return new Backend.Environment();
        }
    }

    private Backend.Etcd SettleEtcd()
    {
        foreach (var flag in new[] { Flags.SrvRecord, Flags.SrvDomain }.Where(flag => Text(flag).Length > 0))
        {
            Fault(flag, "Cannot get nodes from SRV records: this version does not look them up; name the nodes");
        }

        var (certificate, key) = (Text(Flags.CertificateFile), Text(Flags.KeyFile));
        if ((certificate.Length > 0) != (key.Length > 0))
        {
            Fault(certificate.Length > 0 ? Flags.CertificateFile : Flags.KeyFile,
                "client-cert and client-key belong together; give both");
        }

        foreach (var flag in new[] { Flags.AuthorityFile, Flags.CertificateFile, Flags.KeyFile })
        {
            if (Text(flag) is { Length: > 0 } path && !File.Exists(path))
            {
                Fault(flag, $"cannot find {path}; name a PEM file that this user may read");
            }
        }

        var usesHttps = Choice(Flags.Scheme, ("http", false), ("https", true));
        return new Backend.Etcd
        {
            Nodes = SettleNodes(usesHttps ? EndpointScheme.Https : EndpointScheme.Http),
            UsesHttps = usesHttps,
            UserName = Text(Flags.UserName),
            Password = Text(Flags.Password),
            AuthorityFile = Text(Flags.AuthorityFile),
            CertificateFile = certificate,
            KeyFile = key,
            AcceptsAnyCertificate = Truth(Flags.Insecure),
            DialTimeout = Duration(Flags.DialTimeout),
        };
    }

    private IReadOnlyList<string> SettleNodes(EndpointScheme scheme)
    {
        var nodes = FindNodes();
        foreach (var node in nodes.Texts)
        {
            try
            {
                EndpointAddress.Parse(node, scheme);
            }
            catch (FormatException fault)
            {
                _diagnostics.Add(Diagnostic.Error(nodes.Origin, 0, "", fault.Message));
            }
        }

        return nodes.Texts;
    }

    private Setting FindNodes()
    {
        if (Find(Flags.Node) is { Texts.Count: > 0 } given)
        {
            return given;
        }

        var name = VariablesOfEtcdctl.FirstOrDefault(name => !string.IsNullOrEmpty(_variables.GetValueOrDefault(name)));
        return name is null
            ? new Setting("the default", ["http://127.0.0.1:2379"])
            : new Setting(name, _variables[name].Split(',', StringSplitOptions.TrimEntries));
    }

    private IReadOnlyList<string> RequireFiles()
    {
        var files = Find(Flags.Files)?.Texts ?? [];
        if (files.Count == 0)
        {
            Fault(Flags.Files, "the file backend needs at least one file or folder; give -file PATH");
        }

        return files;
    }

    // With -watch the period only counts when somebody asked for it: it then re-reads everything that often.
    private TimeSpan SettleInterval()
    {
        if (Truth(Flags.Watch))
        {
            return Find(Flags.Resync) is null && Find(Flags.Interval) is null
                ? TimeSpan.Zero
                : Find(Flags.Resync) is not null ? Duration(Flags.Resync) : Seconds(Flags.Interval);
        }

        var interval = Seconds(Flags.Interval);
        if (interval <= TimeSpan.Zero && !Truth(Flags.OneTime))
        {
            Fault(Flags.Interval, "must be above 0");
        }

        return interval;
    }

    private Quiescence SettleWait()
    {
        var wait = Quiescence.Parse(Text(Flags.Debounce));
        if (wait is null)
        {
            Fault(Flags.Debounce, $"invalid duration \"{Text(Flags.Debounce)}\"; use MIN or MIN:MAX, such as 2s or 2s:10s");
        }

        return wait ?? Quiescence.None;
    }

    private void WarnOfUnread(string backend)
    {
        foreach (var flag in Flags.All.Where(flag => flag.Backends?.Contains(backend) == false))
        {
            if (Find(flag) is { } setting)
            {
                _diagnostics.Add(Diagnostic.Warning(
                    setting.Origin, 0, "", $"{flag.Name} is not read by backend {backend}"));
            }
        }
    }

    private Setting? Find(Flag flag) => _layers.Reverse()
        .Select(layer => layer.Values.GetValueOrDefault(flag))
        .FirstOrDefault(setting => setting is not null);

    private string Text(Flag flag) => Find(flag)?.Texts[^1] ?? flag.Default;

    private bool Truth(Flag flag) => GoBoolean.Parse(Text(flag)) == true;

    private int Number(Flag flag)
    {
        var value = GoInteger.Parse(Text(flag));
        if (value is >= 0 and <= int.MaxValue)
        {
            return (int)value;
        }

        Fault(flag, $"must be from 0 to {int.MaxValue}, got {Text(flag)}");
        return 0;
    }

    private TimeSpan Duration(Flag flag)
    {
        var value = GoDuration.Parse(Text(flag)) ?? TimeSpan.Zero;
        if (value < TimeSpan.Zero)
        {
            Fault(flag, $"must not be negative, got {Text(flag)}");
        }

        return value;
    }

    private TimeSpan Seconds(Flag flag) => GoInteger.Parse(Text(flag)) switch
    {
        null => Duration(flag),
        { } seconds when seconds < TimeSpan.MaxValue.TotalSeconds => TimeSpan.FromSeconds(seconds),
        _ => TimeSpan.MaxValue,
    };

    private T Choice<T>(Flag flag, params (string Name, T Value)[] choices)
    {
        foreach (var choice in choices.Where(choice => choice.Name == Text(flag)))
        {
            return choice.Value;
        }

        Fault(flag, $"unknown value \"{Text(flag)}\"; use {string.Join(" or ", choices.Select(choice => choice.Name))}");
        return choices[0].Value;
    }

    private void Fault(Flag flag, string message) =>
        _diagnostics.Add(Diagnostic.Error(Find(flag)?.Origin ?? flag.Name, 0, "", message));
}

/// <summary>The settings, or why there are none.</summary>
/// <param name="Settings">Null when a diagnostic is an error.</param>
/// <param name="Diagnostics">Every error and warning.</param>
internal sealed record SettingsResult(ConfdSettings? Settings, IReadOnlyList<Diagnostic> Diagnostics);
