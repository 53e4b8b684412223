using Sync.Metad.Hosting;
using Sync.Metad.Listening;
using Sync.Metad.Options;

return CommandLine.Parse(args) switch
{
    CommandLine.Run run => await RunAsync(run),
    CommandLine.ShowVersion => Print(VersionText.Write()),
    CommandLine.ShowHelp => PrintHelp(),
    CommandLine.Unusable unusable => Refuse(unusable.Problems),
    _ => throw new System.Diagnostics.UnreachableException("No such command line."),
};

static async Task<int> RunAsync(CommandLine.Run run)
{
    try
    {
        var source = new SettingsSource(() => ConfigurationLoader.Load(run, Environment.GetEnvironmentVariable));
        var options = source.Load();
        using var pidFile = PidFile.Write(options.PidFile);
        return await MetadProgram.RunAsync(options, Console.OpenStandardError(), source, CancellationToken.None);
    }
    catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException
        or System.Security.Cryptography.CryptographicException or ListenException)
    {
        await Console.Error.WriteLineAsync($"metad: {exception.Message}");
        return 1;
    }
}

static int Print(string text)
{
    Console.Out.Write(text);
    return 0;
}

static int PrintHelp()
{
    CommandLine.WriteHelp(Console.Out);
    return 0;
}

static int Refuse(IReadOnlyList<string> problems)
{
    foreach (var problem in problems)
    {
        Console.Error.WriteLine($"metad: {problem}");
    }

    CommandLine.WriteHelp(Console.Error);
    return 2;
}
