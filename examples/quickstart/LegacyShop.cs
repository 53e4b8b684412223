using System.Globalization;
using System.Runtime.InteropServices;

namespace Sync.Quickstart;

/// <summary>
/// A service as they have always been: it knows nothing of keys or watches. It reads a file when it starts and
/// again at SIGHUP, and asks one address for facts about itself.
/// </summary>
internal static class LegacyShop
{
    /// <summary>What the shop prints once it serves requests.</summary>
    public const string ListeningLine = "the shop is open";

    /// <summary>What the shop prints when it has read its file again.</summary>
    public const string ReloadedLine = "the shop read its file again";

    /// <summary>Serves until SIGTERM or SIGINT.</summary>
    /// <param name="configFile">The only thing the shop reads.</param>
    /// <param name="pidFile">Where it writes its process id, for those who send signals.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string configFile, string pidFile)
    {
        var configuration = ShopConfiguration.Read(configFile);
        using var metadata = new HttpClient();
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            Volatile.Write(ref configuration, ShopConfiguration.Read(configFile));
            Console.WriteLine(ReloadedLine);
        });

        await using var shop = WebApplication.CreateEmptyBuilder(new()).UseSmallServer().Build();
        shop.MapGet("/", () => Page(Volatile.Read(ref configuration)));
        shop.MapGet("/whoami", () => metadata.GetStringAsync(
            new Uri(Volatile.Read(ref configuration).Metadata, "/self")));
        shop.Urls.Add($"http://{configuration.Listen}");
        await shop.StartAsync();
        await File.WriteAllTextAsync(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        Console.WriteLine(ListeningLine);
        await shop.WaitForShutdownAsync();

        return 0;
    }

    private static string Page(ShopConfiguration configuration) =>
        $"{configuration.Greeting}! Suppliers: {string.Join(", ", configuration.Suppliers)}\n";

    private static WebApplicationBuilder UseSmallServer(this WebApplicationBuilder builder)
    {
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        return builder;
    }
}
