using Microsoft.Extensions.Logging;
using Sync.Confd.Commands;
using Sync.Confd.Options;
using Sync.Confd.Rendering;
using Sync.Confd.Running;
using Sync.Confd.Sources;

namespace Sync.Confd.Hosting;

/// <summary>What confd takes from its surroundings, and how it puts itself together.</summary>
/// <param name="Variables">The environment.</param>
/// <param name="Load">Reads the configuration as the command line asks.</param>
/// <param name="Output">Where differences are printed.</param>
/// <param name="Clock">The clock.</param>
internal sealed record ConfdParts(
    IReadOnlyDictionary<string, string> Variables, Func<Configuration> Load, TextWriter Output, TimeProvider Clock)
{
    /// <summary>Makes the parts of a session.</summary>
    /// <exception cref="KeySourceException">The backend's addresses or certificates cannot be read.</exception>
    public SessionParts SessionPartsFor(ConfdSettings settings, ILogger logger)
    {
        var host = MachineHost.For(settings.TemplateFolder, settings.Secrets, Variables, Clock);
        var renderer = new TemplateRenderer(settings, host);
        var runner = new GroupRunner(settings, renderer, new CommandRunner(Clock), Output, logger);
        return new SessionParts(settings, SourceFor(settings.Backend, Variables, Clock), renderer, runner);
    }

    /// <summary>The source of a backend's keys.</summary>
    /// <exception cref="KeySourceException">The backend's addresses or certificates cannot be read.</exception>
    public static IKeySource SourceFor(
        Backend backend, IReadOnlyDictionary<string, string> variables, TimeProvider clock) => backend switch
        {
            Backend.Etcd etcd => new EtcdSource(etcd, clock),
            Backend.Environment => new EnvironmentSource(variables),
            Backend.Files files => new FileSource(files, clock),
            _ => throw new InvalidOperationException($"{backend.Name} has no source."),
        };
}
