using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Sync.Etcd.Client.Connections;

namespace Sync.Store.Ctl.Options;

/// <summary>
/// The options that every command has. One that is not given is taken from its variable, such as
/// <c>ETCDCTL_WRITE_OUT</c> for <c>--write-out</c>. Source: etcd documentation, etcdctl.
/// </summary>
internal sealed class GlobalOptions
{
    private readonly IReadOnlyDictionary<string, string> _variables;
    private readonly Option<string> _endpoints;
    private readonly Option<string> _writeOut;
    private readonly Option<string> _commandTimeout;
    private readonly Option<string> _dialTimeout;
    private readonly Option<string> _keepAliveTime;
    private readonly Option<string> _keepAliveTimeout;
    private readonly Option<string> _user;
    private readonly Option<string> _password;
    private readonly Option<string> _authorityFile;
    private readonly Option<string> _certificateFile;
    private readonly Option<string> _keyFile;
    private readonly Option<bool> _insecureTransport;
    private readonly Option<bool> _insecureSkipVerify;
    private readonly Option<bool> _hex;
    private readonly Option<bool> _debug;

    /// <summary>Adds the options to the root command.</summary>
    /// <param name="root">The command above all others.</param>
    /// <param name="variables">The environment.</param>
    public GlobalOptions(RootCommand root, IReadOnlyDictionary<string, string> variables)
    {
        _variables = variables;
        _endpoints = Text(root, "--endpoints", "127.0.0.1:2379", "Addresses of the store, separated by commas.");
        _writeOut = Text(root, "--write-out", "simple", "The output form: simple, fields, json, protobuf, table.", "-w");
        _commandTimeout = Text(root, "--command-timeout", "5s", "Longest time of a short command.");
        _dialTimeout = Text(root, "--dial-timeout", "2s", "Longest wait for a connection.");
        _keepAliveTime = Text(root, "--keepalive-time", "2s", "How often a connection is probed; 5 s is the least.");
        _keepAliveTimeout = Text(root, "--keepalive-timeout", "6s", "How long a probe may stay unanswered.");
        _user = Text(root, "--user", "", "Who signs in: name[:password].");
        _password = Text(root, "--password", "", "The password, when --user has none.");
        _authorityFile = Text(root, "--cacert", "", "The authorities that sign the servers' certificates, PEM.");
        _certificateFile = Text(root, "--cert", "", "The client's certificate, PEM.");
        _keyFile = Text(root, "--key", "", "The key of the client's certificate, PEM.");
        _insecureTransport = Switch(root, "--insecure-transport", true, "Clear text unless certificates are given.");
        _insecureSkipVerify = Switch(root, "--insecure-skip-tls-verify", false, "Accepts any server certificate.");
        _hex = Switch(root, "--hex", false, "Prints bytes in hexadecimal.");
        _debug = Switch(root, "--debug", false, "Accepted for compatibility.");
    }

    /// <summary>The settings that a parsed command line and the environment amount to.</summary>
    /// <exception cref="ControlFailure">A value cannot be read.</exception>
    public ControlSettings Read(ParseResult parsed)
    {
        _ = Value(parsed, _debug);
        var endpoints = CommaList.Split(Value(parsed, _endpoints));
        var tls = Tls(
            Value(parsed, _authorityFile), Value(parsed, _certificateFile), Value(parsed, _keyFile),
            Value(parsed, _insecureSkipVerify));
        var keepAlive = Time(parsed, _keepAliveTime);
        return new ControlSettings(
            Format(Value(parsed, _writeOut)),
            Value(parsed, _hex),
            endpoints,
            new EtcdClientOptions
            {
                Endpoints = endpoints,
                DefaultScheme = tls is null && Value(parsed, _insecureTransport)
                    ? EndpointScheme.Http
                    : EndpointScheme.Https,
                Credentials = Credentials(parsed),
                Tls = tls,
                ConnectTimeout = Time(parsed, _dialTimeout),
                RequestTimeout = Time(parsed, _commandTimeout),
                KeepAliveInterval = keepAlive < TimeSpan.FromSeconds(5) ? TimeSpan.FromSeconds(10) : keepAlive,
                KeepAliveTimeout = Time(parsed, _keepAliveTimeout),
                Backoff = new BackoffSettings
                {
                    First = TimeSpan.FromMilliseconds(25),
                    Longest = TimeSpan.FromMilliseconds(500),
                },
            });
    }

    private EtcdCredentials? Credentials(ParseResult parsed)
    {
        var (user, password) = (Value(parsed, _user), Value(parsed, _password));
        if (user.Length == 0)
        {
            return null;
        }

        var colon = user.IndexOf(':', StringComparison.Ordinal);
        if (password.Length > 0)
        {
            return new EtcdCredentials(user, password);
        }

        return colon >= 0
            ? new EtcdCredentials(user[..colon], user[(colon + 1)..])
            : throw ControlFailure.Arguments("no password is given; write --user name:password or --password");
    }

    /// <summary>The certificates of a connection; null when nothing is asked of them.</summary>
    /// <param name="authority">The authorities' file; empty for the machine's own.</param>
    /// <param name="certificate">The client's certificate's file; empty for none.</param>
    /// <param name="key">The file of its key; empty for none.</param>
    /// <param name="acceptsAny">Whether any server certificate will do.</param>
    public static TlsFiles? Tls(string authority, string certificate, string key, bool acceptsAny) =>
        authority.Length + certificate.Length + key.Length == 0 && !acceptsAny
            ? null
            : new TlsFiles
            {
                AuthorityFile = authority.Length > 0 ? authority : null,
                CertificateFile = certificate.Length > 0 ? certificate : null,
                KeyFile = key.Length > 0 ? key : null,
                AcceptAnyServerCertificate = acceptsAny,
            };

    private TimeSpan Time(ParseResult parsed, Option<string> option)
    {
        var text = Value(parsed, option);
        return GoDuration.Parse(text) ?? throw new ControlFailure(
            ExitCode.Error, $"invalid argument \"{text}\" for \"{option.Name}\" flag: time: invalid duration \"{text}\"");
    }

    private static OutputFormat Format(string text) => text switch
    {
        "simple" => OutputFormat.Simple,
        "fields" => OutputFormat.Fields,
        "json" => OutputFormat.Json,
        "protobuf" => OutputFormat.Protobuf,
        "table" => OutputFormat.Table,
        _ => throw new ControlFailure(ExitCode.BadFeature, "unsupported output format"),
    };

    private string Value(ParseResult parsed, Option<string> option) =>
        Variable(parsed, option) ?? parsed.GetRequiredValue(option);

    private bool Value(ParseResult parsed, Option<bool> option) =>
        Variable(parsed, option) is { } text
            ? text is "1" or "t" or "T" or "true" or "TRUE" or "True"
            : parsed.GetRequiredValue(option);

    // The variable counts where the command line is silent.
    private string? Variable(ParseResult parsed, Option option)
    {
        var name = "ETCDCTL_" + option.Name.TrimStart('-').Replace('-', '_').ToUpper(CultureInfo.InvariantCulture);
        var isGiven = parsed.GetResult(option) is OptionResult { Implicit: false };
        return isGiven ? null : _variables.GetValueOrDefault(name);
    }

    private static Option<string> Text(
        RootCommand root, string name, string value, string description, params string[] aliases)
    {
        var option = new Option<string>(name, aliases)
        {
            Description = description,
            DefaultValueFactory = _ => value,
            Recursive = true,
        };
        root.Options.Add(option);
        return option;
    }

    private static Option<bool> Switch(RootCommand root, string name, bool value, string description)
    {
        var option = new Option<bool>(name)
        {
            Description = description,
            DefaultValueFactory = _ => value,
            Recursive = true,
        };
        root.Options.Add(option);
        return option;
    }
}

/// <summary>What the options that every command has amount to.</summary>
/// <param name="Format">The output form.</param>
/// <param name="IsHex">Whether simple output shows bytes in hexadecimal.</param>
/// <param name="Endpoints">The addresses as they were written.</param>
/// <param name="Client">How to reach the store.</param>
internal sealed record ControlSettings(
    OutputFormat Format, bool IsHex, IReadOnlyList<string> Endpoints, EtcdClientOptions Client);
