using System.Globalization;
using CliWrap;
using CliWrap.Buffered;

namespace Sync.Namespaces;

/// <summary>
/// A machine with a bridge and its containers, all of them network namespaces: what the real network of this machine is
/// does not matter and is not touched.
/// </summary>
internal sealed class Bridge : IAsyncDisposable
{
    /// <summary>The machine's address on the bridge.</summary>
    public const string MachineAddress = "10.77.0.1";

    private readonly string _run = $"sync{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";
    private readonly List<string> _namespaces = [];

    private Bridge()
    {
    }

    /// <summary>The namespace that stands for the machine.</summary>
    public string Machine => $"{_run}m";

    /// <summary>Builds a machine with a bridge and no container.</summary>
    /// <exception cref="StepException">The kernel or the rights do not allow it.</exception>
    public static async Task<Bridge> BuildAsync()
    {
        var bridge = new Bridge();
        try
        {
            await bridge.AddNamespaceAsync(bridge.Machine);
            await IpAsync(bridge.Machine, "link add br0 type bridge");
            await IpAsync(bridge.Machine, $"addr add {MachineAddress}/24 dev br0");
            await IpAsync(bridge.Machine, "link set br0 up");
            return bridge;
        }
        catch
        {
            await bridge.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds a container.</summary>
    /// <param name="number">From 2 to 254: the end of its address.</param>
    /// <returns>Its namespace and its address.</returns>
    public async Task<(string Namespace, string Address)> AddContainerAsync(int number)
    {
        var container = $"{_run}c{number.ToString(CultureInfo.InvariantCulture)}";
        var address = $"10.77.0.{number.ToString(CultureInfo.InvariantCulture)}";
        await AddNamespaceAsync(container);
        await IpAsync(Machine, $"link add v{number} type veth peer name eth0 netns {container}");
        await IpAsync(Machine, $"link set v{number} master br0 up");
        await IpAsync(container, $"addr add {address}/24 dev eth0");
        await IpAsync(container, "link set eth0 up");
        return (container, address);
    }

    /// <summary>Runs a program in a namespace and waits for its end.</summary>
    /// <param name="place">The namespace.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <returns>What it wrote on standard output.</returns>
    /// <exception cref="StepException">It failed.</exception>
    public static async Task<string> RunAsync(string place, params string[] command)
    {
        var result = await Cli.Wrap("ip").WithArguments(["netns", "exec", place, .. command])
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
        return result.ExitCode == 0
            ? result.StandardOutput
            : throw new StepException($"{string.Join(' ', command)} ended with {result.ExitCode}: {result.StandardError}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Interfaces go with their namespaces.
        foreach (var name in Enumerable.Reverse(_namespaces))
        {
            await Cli.Wrap("ip").WithArguments(["netns", "del", name])
                .WithValidation(CommandResultValidation.None).ExecuteAsync();
        }
    }

    private async Task AddNamespaceAsync(string name)
    {
        var result = await Cli.Wrap("ip").WithArguments(["netns", "add", name])
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
        if (result.ExitCode != 0)
        {
            throw new StepException($"A network namespace cannot be made, which needs root: {result.StandardError.Trim()}");
        }

        _namespaces.Add(name);
        await IpAsync(name, "link set lo up");
    }

    private static Task<string> IpAsync(string place, string arguments) => RunAsync(place, ["ip", .. arguments.Split(' ')]);
}
