using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sync.Metad.Options;

/// <summary>Joins the sources of settings; a later one wins: defaults, file, environment, command line.</summary>
internal static class ConfigurationLoader
{
    /// <summary>Loads the settings.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="environment">The environment's variables by name.</param>
    /// <exception cref="FormatException">A setting cannot be used; the message says which, and what is wanted.</exception>
    public static MetadOptions Load(CommandLine.Run line, Func<string, string?> environment)
    {
        var options = Read(new(), line, environment);
        if (options.Safety.IsHardened)
        {
            // Its defaults stand before every source.
            options = Read(SafetyRules.Hardened(), line, environment);
        }

        Check(options);
        SafetyRules.Check(options);
        return options;
    }

    /// <summary>The settings of a program that runs, with those that need no restart as they are now.</summary>
    /// <param name="running">What it runs with.</param>
    /// <param name="now">What the sources say now.</param>
    /// <exception cref="FormatException">They do not fit together.</exception>
    public static MetadOptions Renew(MetadOptions running, MetadOptions now)
    {
        var renewed = running.Safety.IsHardened ? SafetyRules.Hardened() : new();
        foreach (var flag in MetadFlags.All)
        {
            foreach (var text in flag.TextsIn(flag.IsLive ? now : running))
            {
                flag.Apply(renewed, text);
            }
        }

        Check(renewed);
        SafetyRules.Check(renewed);
        return renewed;
    }

    private static MetadOptions Read(MetadOptions options, CommandLine.Run line, Func<string, string?> environment)
    {
        if (line.ConfigurationFile is { } file)
        {
            ConfigurationFile.Read(file, options);
        }

        var variables =
            from flag in MetadFlags.All
            let text = environment(flag.Variable)
            where !string.IsNullOrEmpty(text)
            select (Name: flag.Variable, Flag: flag, Text: text);
        var given = line.Settings.Select(setting => (Name: $"--{setting.Key.Name}", Flag: setting.Key, Text: setting.Value));
        Apply(options, [.. variables]);
        Apply(options, [.. given]);
        return options;
    }

    private static void Apply(MetadOptions options, IReadOnlyList<(string Name, MetadFlag Flag, string Text)> settings)
    {
        // A list that is given anew replaces the one of the source before.
        foreach (var list in settings.Select(setting => setting.Flag).Distinct())
        {
            list.Reset(options);
        }

        foreach (var (name, flag, text) in settings)
        {
            try
            {
                flag.Apply(options, text);
            }
            catch (FormatException exception)
            {
                throw new FormatException($"{name}: {exception.Message}", exception);
            }
        }
    }

    private static void Check(MetadOptions options)
    {
        if ((options.ClientCert is null) != (options.ClientKey is null))
        {
            throw new FormatException("client_cert and client_key are needed together: give both or none.");
        }

        if (options.Backend == BackendKind.File && options.BackendFile is null)
        {
            throw new FormatException("the backend file needs file: the path of a JSON or YAML file.");
        }

        if (options.SnapshotFile is { } snapshot)
        {
            CheckSnapshot(options, snapshot);
        }

        if (options.BasicAuth && options.Username.Length == 0)
        {
            throw new FormatException("basic_auth needs a username.");
        }

        foreach (var file in new[] { options.ClientCaKeys, options.ClientCert, options.ClientKey })
        {
            if (file is not null && !File.Exists(file))
            {
                throw new FormatException($"{file} does not exist.");
            }
        }

        if (options.ClientCaKeys is { } authorities && !HoldsCertificate(authorities))
        {
            throw new FormatException($"{authorities} holds no certificate: a PEM file of authorities is wanted.");
        }
    }

    private static void CheckSnapshot(MetadOptions options, string file)
    {
        if (options.Backend != BackendKind.Etcd)
        {
            throw new FormatException("snapshot_file keeps the keys of a store: it needs the backend etcdv3.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))))
        {
            throw new FormatException($"snapshot_file: the folder of {file} does not exist.");
        }
    }

    private static bool HoldsCertificate(string file)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPemFile(file);
            return certificates.Count > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
