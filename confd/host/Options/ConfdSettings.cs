using Microsoft.Extensions.Logging;
using Sync.Confd.Plan.Keys;
using Sync.Confd.Plan.Scheduling;
using Sync.Templates;

namespace Sync.Confd.Options;

/// <summary>Everything that the command line, the environment and confd.toml settle, checked.</summary>
internal sealed record ConfdSettings
{
    public required Backend Backend { get; init; }

    /// <summary>The folder with <c>conf.d</c> and <c>templates</c>.</summary>
    public required string ConfigFolder { get; init; }

    public required RunMode Mode { get; init; }

    /// <summary>The polling period; the time between full readings when watching, where zero is never.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>The program's key prefix; empty for none.</summary>
    public required string Prefix { get; init; }

    public required PrefixMode PrefixMode { get; init; }

    public required bool IsNoop { get; init; }

    public required bool ShowsDifferences { get; init; }

    public required int DifferenceContextLines { get; init; }

    public required bool HasDetailedExitCode { get; init; }

    public required bool IsSyncOnly { get; init; }

    public required bool KeepsStageFile { get; init; }

    public required bool FailsFast { get; init; }

    public required bool ForcesReload { get; init; }

    public required LogLevel LogLevel { get; init; }

    public required bool LogsJson { get; init; }

    public required bool ChecksConfigOnly { get; init; }

    public required Quiescence Wait { get; init; }

    /// <summary>How long the first reading of a one-time run is retried.</summary>
    public required TimeSpan WaitForBackend { get; init; }

    public required TimeSpan BackendTimeout { get; init; }

    /// <summary>The limit of a check; zero is none.</summary>
    public required TimeSpan CheckTimeout { get; init; }

    /// <summary>The limit of a reload; zero is none.</summary>
    public required TimeSpan ReloadTimeout { get; init; }

    public required TimeSpan ShutdownTimeout { get; init; }

    public required TemplateOptions Templates { get; init; }

    /// <summary>The keys that values are decrypted with.</summary>
    public required SecretFiles Secrets { get; init; }

    /// <summary>The folder of resource files.</summary>
    public string ResourceFolder => Path.Combine(ConfigFolder, "conf.d");

    /// <summary>The folder of templates.</summary>
    public string TemplateFolder => Path.Combine(ConfigFolder, "templates");
}

/// <summary>When resources are processed.</summary>
internal enum RunMode
{
    /// <summary>All of them every so often.</summary>
    Interval,

    /// <summary>Each when a key of it changes.</summary>
    Watch,

    /// <summary>All of them once.</summary>
    OneTime,
}

/// <summary>Where the keys come from.</summary>
internal abstract record Backend
{
    private Backend()
    {
    }

    /// <summary>The name in messages.</summary>
    public abstract string Name { get; }

    /// <summary>The sources in messages.</summary>
    public abstract IReadOnlyList<string> Sources { get; }

    /// <summary>A store that speaks etcd's v3 API.</summary>
    public sealed record Etcd : Backend
    {
        public required IReadOnlyList<string> Nodes { get; init; }

        public required bool UsesHttps { get; init; }

        /// <summary>The user's name; empty for none.</summary>
        public required string UserName { get; init; }

        public required string Password { get; init; }

        /// <summary>Paths of PEM files; empty for none.</summary>
        public required string AuthorityFile { get; init; }

        public required string CertificateFile { get; init; }

        public required string KeyFile { get; init; }

        public required bool AcceptsAnyCertificate { get; init; }

        public required TimeSpan DialTimeout { get; init; }

        /// <inheritdoc/>
        public override string Name => "etcdv3";

        /// <inheritdoc/>
        public override IReadOnlyList<string> Sources => Nodes;
    }

    /// <summary>The environment of this process.</summary>
    public sealed record Environment : Backend
    {
        /// <inheritdoc/>
        public override string Name => "env";

        /// <inheritdoc/>
        public override IReadOnlyList<string> Sources => [];
    }

    /// <summary>YAML and JSON files.</summary>
    /// <param name="Paths">Files, or folders that are walked.</param>
    /// <param name="Filter">The pattern of file names in folders.</param>
    public sealed record Files(IReadOnlyList<string> Paths, string Filter) : Backend
    {
        /// <inheritdoc/>
        public override string Name => "file";

        /// <inheritdoc/>
        public override IReadOnlyList<string> Sources => Paths;
    }
}

/// <summary>The files of the keys that values are decrypted with.</summary>
/// <param name="Keyring">The OpenPGP keys for <c>cgetv</c> and its kin; empty for none.</param>
/// <param name="Key">The key that opens sealed values; empty for none.</param>
internal sealed record SecretFiles(string Keyring, string Key);
