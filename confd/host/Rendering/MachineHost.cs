using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Sync.Confd.Files;
using Sync.Confd.Options;
using Sync.Posix;
using Sync.Templates;

namespace Sync.Confd.Rendering;

/// <summary>What templates see of this machine.</summary>
internal static class MachineHost
{
    /// <summary>The machine, with includes from one folder.</summary>
    /// <param name="templateFolder">The folder; links that lead out of it are not followed.</param>
    /// <param name="secrets">The keys that values are decrypted with.</param>
    /// <param name="variables">The environment.</param>
    /// <param name="clock">The clock of <c>datetime</c> and of the render's limit.</param>
    public static TemplateHost For(
        string templateFolder, SecretFiles secrets, IReadOnlyDictionary<string, string> variables, TimeProvider clock) => new()
        {
            EnvironmentVariable = name => variables.GetValueOrDefault(name),
            HostName = Dns.GetHostName,
            LookupAddresses = LookupAddresses,
            LookupServices = ServiceLookup.OfMachine.Find,
            InterfaceAddresses = InterfaceAddresses,
            FileExists = path => File.Exists(path) || Directory.Exists(path),
            ReadFile = ReadFile,
            ReadTemplate = name => ReadTemplate(templateFolder, name),
            Decrypt = secrets.Keyring.Length > 0 ? new SecretKeyring(secrets.Keyring).Decrypt : null,
            OpenSealed = secrets.Key.Length > 0 ? new SealedValues(secrets.Key).Open : null,
            NewIdentifier = Guid.NewGuid,
            Clock = clock,
        };

    // An address stands for itself. A name that is none, such as an empty or an overlong one, has no addresses.
    private static string[] LookupAddresses(string name)
    {
        if (IPAddress.TryParse(name, out var literal))
        {
            return [TextOf(literal)];
        }

        try
        {
            return name.Length == 0 ? [] : [.. Dns.GetHostAddresses(name).Select(TextOf)];
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            return [];
        }
    }

    private static string TextOf(IPAddress address) =>
        (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

    private static ReadOnlyMemory<byte>? ReadFile(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return File.ReadAllBytes(path);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new IOException($"open {path}: permission denied", failure);
        }
    }

    private static string[] InterfaceAddresses(string name) =>
        [.. NetworkInterface.GetAllNetworkInterfaces()
            .Where(device => device.Name == name)
            .SelectMany(device => device.GetIPProperties().UnicastAddresses)
            .Select(address => address.Address.ToString())];

    // The kernel resolves the way to the file and refuses one that leaves the folder.
    private static ReadOnlyMemory<byte>? ReadTemplate(string templateFolder, string name)
    {
        var folder = Path.GetFullPath(templateFolder);
        var target = Links.Resolve(Path.Combine(folder, name));
        try
        {
            using var root = PosixDirectory.Open(folder);
            using var inner = root.OpenBeneath(Path.GetRelativePath(folder, Path.GetDirectoryName(target) ?? "/"));
            using var file = inner.OpenFile(Path.GetFileName(target), OpenOptions.Read | OpenOptions.NoFollow);
            var text = new byte[file.Status().SizeBytes];
            return text.AsMemory(0, file.Read(text, 0));
        }
        catch (PosixException)
        {
            return null;
        }
    }
}
