using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Sync.Templates;

namespace Sync.Confd.Rendering;

/// <summary>What templates see of this machine.</summary>
internal static class MachineHost
{
    /// <summary>The machine, with includes from one folder.</summary>
    /// <param name="templateFolder">The folder; links that lead out of it are not followed.</param>
    /// <param name="variables">The environment.</param>
    /// <param name="clock">The clock of <c>datetime</c> and of the render's limit.</param>
    public static TemplateHost For(
        string templateFolder, IReadOnlyDictionary<string, string> variables, TimeProvider clock) => new()
        {
            EnvironmentVariable = name => variables.GetValueOrDefault(name),
            HostName = Dns.GetHostName,
            LookupAddresses = LookupAddresses,
            InterfaceAddresses = InterfaceAddresses,
            FileExists = path => File.Exists(path) || Directory.Exists(path),
            ReadFile = path => File.Exists(path) ? File.ReadAllBytes(path) : null,
            ReadTemplate = name => ReadTemplate(templateFolder, name),
            Clock = clock,
        };

    private static string[] LookupAddresses(string name)
    {
        try
        {
            return [.. Dns.GetHostAddresses(name).Select(address => address.ToString())];
        }
        catch (SocketException)
        {
            return [];
        }
    }

    private static string[] InterfaceAddresses(string name) =>
        [.. NetworkInterface.GetAllNetworkInterfaces()
            .Where(device => device.Name == name)
            .SelectMany(device => device.GetIPProperties().UnicastAddresses)
            .Select(address => address.Address.ToString())];

    private static ReadOnlyMemory<byte>? ReadTemplate(string folder, string name)
    {
        var root = Path.GetFullPath(folder);
        var path = Path.GetFullPath(Path.Combine(root, name));
        var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        var isInside = target.StartsWith(root + "/", StringComparison.Ordinal);
        return isInside && File.Exists(target) ? File.ReadAllBytes(target) : null;
    }
}
