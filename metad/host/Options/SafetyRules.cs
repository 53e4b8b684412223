namespace Sync.Metad.Options;

/// <summary>The safe profile, and what settings together leave open.</summary>
internal static class SafetyRules
{
    private static readonly TimeSpan HardenedWaitMax = TimeSpan.FromMinutes(5);

    /// <summary>The defaults of the safe profile; what is set beside <c>hardened</c> wins over them.</summary>
    public static MetadOptions Hardened()
    {
        var options = new MetadOptions
        {
            Strict = true,
            WaitersMax = 10_000,
            WaitersPerClientMax = 64,
        };
        options.Safety.IsHardened = true;
        options.Safety.IsEveryHostChecked = true;
        options.Safety.IsPathStrict = true;
        options.Safety.WaitMax = HardenedWaitMax;
        options.Safety.ConnectionsMax = 10_000;
        options.Safety.ConnectionsPerClientMax = 256;
        options.Safety.AuditLog = "stderr";
        return options;
    }

    /// <summary>Refuses settings that do not fit together, and warns of those that leave something open.</summary>
    /// <param name="options">The settings as all sources have them.</param>
    /// <exception cref="FormatException">The settings cannot be used; the message names them.</exception>
    public static void Check(MetadOptions options)
    {
        var safety = options.Safety;
        CheckPair("tls_cert", safety.TlsCert, "tls_key", safety.TlsKey);
        CheckPair("manage_tls_cert", safety.ManageTlsCert, "manage_tls_key", safety.ManageTlsKey);
        if (safety.ManageClientCa is not null && safety.ManageTlsCert is null)
        {
            throw new FormatException("manage_client_ca needs manage_tls_cert: certificates are shown over TLS alone.");
        }

        if (safety.ManageClientNames.Count > 0 && safety.ManageClientCa is null)
        {
            throw new FormatException("manage_client_names needs manage_client_ca.");
        }

        if (safety is { ContainerLabels: not null, DockerSocket: null, CriSocket: null })
        {
            throw new FormatException("container_labels needs docker_socket or cri_socket: a runtime tells the labels.");
        }

        foreach (var open in Openings(options))
        {
            if (safety.IsHardened)
            {
                throw new FormatException($"hardened: {open}.");
            }

            options.Warnings.Add(open);
        }
    }

    private static IEnumerable<string> Openings(MetadOptions options)
    {
        if (options.ForwardedFor && options.TrustedProxies.Count == 0)
        {
            yield return "xff is on without trusted_proxies: every caller may pass for any other. Name the proxies to end this";
        }

        var safety = options.Safety;
        if (safety is { AttestedKeyFile: not null, GuardHeader: null } && safety.SessionTokens != SessionTokenMode.Required)
        {
            yield return "attested_key_file is set without session_tokens=required or guard_header: whoever makes a server"
                + " fetch an address gets documents signed in that server's name";
        }

        if (ListenAddress.ParseAll(options.ListenManage).All(address => address.IsLocal))
        {
            yield break;
        }

        if (!options.Safety.IsManageGuarded)
        {
            yield return "listen_manage is not on loopback and asks for no authentication: whoever reaches it may change"
                + " everything. Set manage_token_file or manage_client_ca";
        }
        else if (options.Safety.ManageTlsCert is null)
        {
            yield return "listen_manage is not on loopback and has no TLS: tokens pass in the clear. Set manage_tls_cert"
                + " and manage_tls_key";
        }
    }

    private static void CheckPair(string certificateName, string? certificate, string keyName, string? key)
    {
        if ((certificate is null) != (key is null))
        {
            throw new FormatException($"{certificateName} and {keyName} are needed together: give both or none.");
        }
    }
}
